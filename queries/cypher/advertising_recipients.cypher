// Who shares personal data with others for advertising?
MATCH (controller:Controller)<-[:HAS_DATA_CONTROLLER]-(policy:Policy)-[:HAS_PROCESS]->(statement:Practice)-[:HAS_PURPOSE]->(purpose)
WHERE EXISTS { MATCH (purpose)-[:BROADER*0..12]->(advertising {curie: 'dpv:Advertising'}) }
  AND NOT 'dpv:NonPersonalDataProcess' IN statement.types
MATCH (statement)-[:HAS_RECIPIENT]->(recipient)
MATCH (statement)-[:EVIDENCE]->(clause:Clause)
RETURN DISTINCT controller.iri AS controller, policy.iri AS policy, recipient.iri AS recipient, purpose.iri AS purpose,
  statement.modality AS modality, clause.iri AS clause, clause.quote AS quote

// Which categories of data flow to which recipients, and for which purposes?
MATCH (controller:Controller)<-[:HAS_DATA_CONTROLLER]-(policy:Policy)-[:HAS_PROCESS]->(statement:Practice)-[:HAS_RECIPIENT]->(recipient)
MATCH (statement)-[:EVIDENCE]->(clause:Clause)
OPTIONAL MATCH (statement)-[:HAS_PERSONAL_DATA|HAS_DATA]->(data)
OPTIONAL MATCH (statement)-[:HAS_PURPOSE]->(purpose)
RETURN DISTINCT controller.iri AS controller, policy.iri AS policy, data.iri AS data, recipient.iri AS recipient, purpose.iri AS purpose,
  statement.modality AS modality, clause.iri AS clause, clause.quote AS quote

// Which controllers transfer personal data outside the European Economic Area: to whom, where and on what safeguard?
// $region is the IRI of the union of states, of loc:EEA or of loc:EU.
MATCH (controller:Controller)<-[:HAS_DATA_CONTROLLER]-(policy:Policy)-[:HAS_PROCESS]->(statement:Practice)-[:HAS_LOCATION|HAS_THIRD_COUNTRY]->(place)
WHERE place.curie IN ['loc:non-EEA', 'loc:non-EU', 'dpv:ThirdCountry'] OR EXISTS {
  MATCH (place)-[:BROADER*0..12]->(outside)
  WHERE outside.curie = CASE $region WHEN 'https://w3id.org/dpv/loc#EU' THEN 'loc:non-EU' ELSE 'loc:non-EEA' END
}
MATCH (statement)-[:EVIDENCE]->(clause:Clause)
OPTIONAL MATCH (statement)-[:HAS_RECIPIENT]->(recipient)
OPTIONAL MATCH (statement)-[:HAS_LEGAL_BASIS|HAS_LEGAL_MEASURE|HAS_ORGANISATIONAL_MEASURE]->(safeguard)
RETURN DISTINCT controller.iri AS controller, policy.iri AS policy, $region AS region, statement.modality AS modality,
  recipient.iri AS recipient, place.iri AS place, safeguard.iri AS safeguard, clause.iri AS clause, clause.quote AS quote

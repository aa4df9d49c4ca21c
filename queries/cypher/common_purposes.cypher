// Which purposes are the most common, by number of controllers, at every level of the hierarchy?
MATCH (controller:Controller)<-[:HAS_DATA_CONTROLLER]-(:Policy)-[:HAS_PROCESS]->(statement:Practice)-[:HAS_PURPOSE]->(stated)
MATCH (statement)-[:EVIDENCE]->(evidence:Clause)
MATCH (stated)-[:BROADER*0..12]->(purpose)
WITH purpose.iri AS purpose, count(DISTINCT controller.iri) AS controllers, min(evidence.iri) AS first
MATCH (clause:Clause {iri: first})-[:IN_VERSION]->(policy:Policy)
RETURN DISTINCT purpose, controllers, policy.iri AS policy, clause.iri AS clause, clause.quote AS quote

// Which purposes are the most common, by number of controllers, at every level of the hierarchy?
MATCH (having:Controller)<-[:HAS_DATA_CONTROLLER]-(:Policy)-[:HAS_PROCESS]->(:Practice)-[:HAS_PURPOSE]->(used)
MATCH (used)-[:BROADER*0..12]->(purpose)
WITH purpose, count(DISTINCT having.iri) AS controllers
MATCH (purpose)<-[:BROADER*0..12]-(stated)
MATCH (stated)<-[:HAS_PURPOSE]-(statement:Practice)
MATCH (statement)<-[:HAS_PROCESS]-(policy:Policy)-[:HAS_DATA_CONTROLLER]->(controller:Controller)
MATCH (statement)-[:EVIDENCE]->(clause:Clause)
RETURN DISTINCT purpose.iri AS purpose, controllers, controller.iri AS controller, policy.iri AS policy, stated.iri AS stated,
  clause.iri AS clause, clause.quote AS quote

// Which organisations are named as recipients, and by how many controllers?
MATCH (naming:Controller)<-[:HAS_DATA_CONTROLLER]-(:Policy)-[:HAS_PROCESS]->(:Practice)-[:HAS_RECIPIENT]->(vendor)
WHERE 'dpv:Organisation' IN vendor.types
WITH vendor, count(DISTINCT naming.iri) AS controllers
MATCH (vendor)<-[:HAS_RECIPIENT]-(statement:Practice)<-[:HAS_PROCESS]-(policy:Policy)-[:HAS_DATA_CONTROLLER]->(controller:Controller)
MATCH (statement)-[:EVIDENCE]->(clause:Clause)
RETURN DISTINCT vendor.iri AS vendor, controllers, controller.iri AS controller, policy.iri AS policy, clause.iri AS clause,
  clause.quote AS quote

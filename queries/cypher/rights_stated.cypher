// Which rights does each policy state, under what condition, and how are they exercised?
MATCH (controller:Controller)<-[:HAS_DATA_CONTROLLER]-(policy:Policy)-[:HAS_STATEMENT]->(statement:RightStatement)-[:HAS_RIGHT]->(right)
MATCH (statement)-[:EVIDENCE]->(clause:Clause)
OPTIONAL MATCH (statement)-[:HAS_SCOPE]->(scope)
OPTIONAL MATCH (statement)-[:HAS_CONDITION]->(condition:Condition) WHERE condition.kind IS NOT NULL
OPTIONAL MATCH (statement)-[:IS_EXERCISED_AT]->(desk:Value)
// All policies of a controller lead to its contacts: those of this one have their clause in it.
OPTIONAL MATCH (controller)-[told:HAS_CONTACT]->(reach:Value)
WHERE EXISTS { MATCH (place:Clause)-[:IN_VERSION]->(policy) WHERE place.iri = told.clause }
RETURN DISTINCT controller.iri AS controller, policy.iri AS policy, right.iri AS right, scope.iri AS scope, condition.kind AS condition,
  coalesce(desk.value, reach.value) AS contact, statement.modality AS modality, clause.iri AS clause, clause.quote AS quote

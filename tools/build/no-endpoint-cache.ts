/**
 * What stands in the bundles for the SDK's cache of discovered endpoints (docs/adr/0009): its DynamoDB client makes
 * one, and none of its operations looks up endpoints in it.
 */
export class EndpointCache {}

/**
 * What stands in the bundles for the SDK's whole chain of credential providers (docs/adr/0009): Lambda, `sls offline`
 * and `sls invoke local` all hand the credentials over in the environment.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";

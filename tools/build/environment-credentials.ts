/**
 * Replaces the SDK's chain of credential providers in the bundles (docs/adr/0009): Lambda, `sls offline`
 * and `sls invoke local` provide the credentials in the environment.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";

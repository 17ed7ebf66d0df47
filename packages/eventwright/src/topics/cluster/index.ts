export { type ClientInput, type ClientSettings, clientSettings } from './client-settings.ts'
export { type Cluster, type NewTopic, openCluster } from './cluster.ts'
export { ClientSettingsError, ClusterRefused, ClusterUnreachable, WrongCluster } from './errors.ts'
export { isAnswer } from './faults.ts'

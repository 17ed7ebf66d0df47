/**
 * How the nodes of a cluster find their controller. Before 3.9 the voters stand in each node's settings; since then they
 * stand in the log, which is made with them.
 * @param {string} version
 */
function votersAreInTheLog(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 3 || minor >= 9
}

/**
 * Settings of a node. Node 1 alone is the controller.
 * @param {string} version
 * @param {number} port of the controller
 */
export function quorumSettings(version, port) {
  if (votersAreInTheLog(version)) return { 'controller.quorum.bootstrap.servers': `127.0.0.1:${port}` }
  return { 'controller.quorum.voters': `1@127.0.0.1:${port}` }
}

/**
 * What the tool that formats a folder is told of it.
 * @param {string} version
 * @param {boolean} isController
 * @returns {string[]}
 */
export function quorumFlags(version, isController) {
  if (!votersAreInTheLog(version)) return []
  return [isController ? '--standalone' : '--no-initial-controllers']
}

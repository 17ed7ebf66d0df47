/**
 * Where an agent looks for skills. Project folders are relative to the project; user folders begin with `~`, or with
 * `{VARIABLE|FALLBACK}` where an environment variable moves them.
 */
export interface Agent {
  /** As npm's `skills` names it, so that `--agent` means the same in both. */
  readonly id: string
  readonly title: string
  /** What it reads in a project. If `.agents/skills` is not among them, the first one gets a link. */
  readonly project: readonly string[]
  /** The same for the user. */
  readonly user: readonly string[]
  /** What is there where the agent is in use: of the user, or (relative) of the project. */
  readonly traces: readonly string[]
  /** Which level wins when both hold a skill of the same name, where its documentation says so. */
  readonly wins?: 'project' | 'user'
  readonly source: string
}

const SHARED_PROJECT = '.agents/skills'
const SHARED_USER = '~/.agents/skills'
const CLAUDE = '{CLAUDE_CONFIG_DIR|~/.claude}'
const CONFIG = '{XDG_CONFIG_HOME|~/.config}'

/** Gathered from the agents' documentation, and for those named there alone from the table of npm's `skills`. */
export const AGENTS: readonly Agent[] = [
  {
    id: 'claude-code',
    title: 'Claude Code',
    project: ['.claude/skills'],
    user: [`${CLAUDE}/skills`],
    traces: [CLAUDE, '.claude'],
    wins: 'user',
    source: 'https://code.claude.com/docs/en/skills',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    project: [SHARED_PROJECT, '.cursor/skills', '.claude/skills', '.codex/skills'],
    user: [SHARED_USER, '~/.cursor/skills', '~/.claude/skills', '~/.codex/skills'],
    traces: ['~/.cursor', '.cursor'],
    source: 'https://cursor.com/docs/context/skills',
  },
  {
    id: 'github-copilot',
    title: 'GitHub Copilot',
    project: ['.github/skills', '.claude/skills', SHARED_PROJECT],
    user: ['~/.copilot/skills', '~/.claude/skills', SHARED_USER],
    traces: ['~/.copilot', '.github/copilot-instructions.md'],
    source: 'https://docs.github.com/en/copilot/concepts/agents/about-agent-skills',
  },
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    project: [SHARED_PROJECT, '.gemini/skills'],
    user: [SHARED_USER, '~/.gemini/skills'],
    traces: ['~/.gemini', '.gemini'],
    wins: 'project',
    source: 'https://geminicli.com/docs/cli/using-agent-skills/',
  },
  {
    id: 'antigravity',
    title: 'Antigravity',
    project: [SHARED_PROJECT],
    user: ['~/.gemini/antigravity/skills'],
    traces: ['~/.gemini/antigravity'],
    source: 'https://antigravity.google/docs/skills',
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    project: ['.windsurf/skills', SHARED_PROJECT],
    user: ['~/.codeium/windsurf/skills', SHARED_USER],
    traces: ['~/.codeium/windsurf', '.windsurf'],
    source: 'https://docs.windsurf.com/windsurf/cascade/skills',
  },
  {
    id: 'devin',
    title: 'Devin',
    project: [SHARED_PROJECT, '.devin/skills', '.windsurf/skills'],
    user: [SHARED_USER, `${CONFIG}/devin/skills`],
    traces: [`${CONFIG}/devin`, '.devin'],
    source: 'https://docs.devin.ai/cli/extensibility/skills/overview',
  },
  {
    id: 'warp',
    title: 'Warp',
    project: [SHARED_PROJECT, '.warp/skills', '.claude/skills'],
    user: [SHARED_USER, '~/.warp/skills', '~/.claude/skills'],
    traces: ['~/.warp', '.warp'],
    source: 'https://docs.warp.dev/agent-platform/capabilities/skills/',
  },
  {
    id: 'codex',
    title: 'Codex',
    project: [SHARED_PROJECT],
    user: [SHARED_USER, '{CODEX_HOME|~/.codex}/skills'],
    traces: ['{CODEX_HOME|~/.codex}', '.codex'],
    source: 'https://developers.openai.com/codex/skills',
  },
  {
    id: 'opencode',
    title: 'OpenCode',
    project: ['.opencode/skills', '.claude/skills', SHARED_PROJECT],
    user: [`${CONFIG}/opencode/skills`, '~/.claude/skills', SHARED_USER],
    traces: [`${CONFIG}/opencode`, '.opencode'],
    source: 'https://opencode.ai/docs/skills/',
  },
  {
    id: 'cline',
    title: 'Cline',
    project: [SHARED_PROJECT],
    user: [SHARED_USER],
    traces: ['~/.cline', '.clinerules'],
    source: 'https://docs.cline.bot/features/skills',
  },
  {
    id: 'roo',
    title: 'Roo Code',
    project: ['.roo/skills'],
    user: ['~/.roo/skills'],
    traces: ['~/.roo', '.roo'],
    source: 'https://docs.roocode.com/features/skills',
  },
  {
    id: 'kilo',
    title: 'Kilo Code',
    project: [SHARED_PROJECT],
    user: ['~/.kilo/skills'],
    traces: ['~/.kilo', '~/.kilocode', '.kilo', '.kilocode'],
    source: 'https://github.com/vercel-labs/skills/blob/main/docs/agents.md',
  },
  {
    id: 'goose',
    title: 'Goose',
    project: ['.claude/skills', '.goose/skills', SHARED_PROJECT],
    user: ['~/.claude/skills', `${CONFIG}/agents/skills`, `${CONFIG}/goose/skills`],
    traces: [`${CONFIG}/goose`, '.goose'],
    wins: 'project',
    source: 'https://block.github.io/goose/docs/guides/context-engineering/using-skills',
  },
  {
    id: 'amp',
    title: 'Amp',
    project: [SHARED_PROJECT],
    user: [`${CONFIG}/agents/skills`],
    traces: [`${CONFIG}/amp`],
    source: 'https://ampcode.com/manual#agent-skills',
  },
  {
    id: 'zed',
    title: 'Zed',
    project: [SHARED_PROJECT],
    user: [SHARED_USER],
    traces: [`${CONFIG}/zed`, '.zed'],
    source: 'https://github.com/vercel-labs/skills/blob/main/docs/agents.md',
  },
  {
    id: 'junie',
    title: 'Junie',
    project: ['.junie/skills'],
    user: ['~/.junie/skills'],
    traces: ['~/.junie', '.junie'],
    source: 'https://github.com/vercel-labs/skills/blob/main/docs/agents.md',
  },
  {
    id: 'kiro-cli',
    title: 'Kiro',
    project: ['.kiro/skills'],
    user: ['~/.kiro/skills'],
    traces: ['~/.kiro', '.kiro'],
    source: 'https://kiro.dev/docs/skills',
  },
  {
    id: 'rovodev',
    title: 'Rovo Dev',
    project: ['.rovodev/skills', SHARED_PROJECT],
    user: ['~/.rovodev/skills', SHARED_USER],
    traces: ['~/.rovodev', '.rovodev'],
    wins: 'user',
    source: 'https://support.atlassian.com/rovo/docs/extend-rovo-dev-cli-with-agent-skills',
  },
  {
    id: 'droid',
    title: 'Droid',
    project: [SHARED_PROJECT],
    user: ['~/.factory/skills'],
    traces: ['~/.factory', '.factory'],
    source: 'https://github.com/vercel-labs/skills/blob/main/docs/agents.md',
  },
  {
    id: 'augment',
    title: 'Augment',
    project: ['.augment/skills'],
    user: ['~/.augment/skills'],
    traces: ['~/.augment', '.augment'],
    source: 'https://github.com/vercel-labs/skills/blob/main/docs/agents.md',
  },
  {
    id: 'continue',
    title: 'Continue',
    project: ['.continue/skills'],
    user: ['~/.continue/skills'],
    traces: ['~/.continue', '.continue'],
    source: 'https://github.com/vercel-labs/skills/blob/main/docs/agents.md',
  },
  {
    id: 'qwen-code',
    title: 'Qwen Code',
    project: ['.qwen/skills'],
    user: ['~/.qwen/skills'],
    traces: ['~/.qwen', '.qwen'],
    source: 'https://github.com/vercel-labs/skills/blob/main/docs/agents.md',
  },
  {
    id: 'trae',
    title: 'Trae',
    project: ['.trae/skills'],
    user: ['~/.trae/skills'],
    traces: ['~/.trae', '.trae'],
    source: 'https://github.com/vercel-labs/skills/blob/main/docs/agents.md',
  },
]

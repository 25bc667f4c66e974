import ArgumentParser

struct CompletionCommand: ParsableCommand {
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash
        case zsh
        case fish
    }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for a shell.",
        discussion: """
            bash:  source <(graphwarden completion bash)
            zsh:   graphwarden completion zsh > "${fpath[1]}/_graphwarden"
            fish:  graphwarden completion fish > ~/.config/fish/completions/graphwarden.fish
            """
    )

    @Argument(help: "The shell.")
    var shell: Shell

    func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        Terminal.outputUnescaped(Graphwarden.completionScript(for: kind) + "\n")
    }
}

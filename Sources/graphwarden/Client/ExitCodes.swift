/// What the exit codes mean, for help texts.
enum ExitCodes {
    static let lists = "Exit codes: 0 success, 2 the agent does not respond, 64 wrong usage."
    static let graph =
        "Exit codes: 0 success, 1 no such graph, 2 the agent does not respond, 64 wrong usage."
    static let orders =
        "Exit codes: 0 carried out, 1 refused, 2 unknown (no answer), 64 wrong usage."
    static let restart = """
        Exit codes: 0 carried out (with --wait: verified), 1 refused or held (with --wait: ended \
        otherwise), 2 unknown (no answer), 64 wrong usage.
        """
}

package import Time

extension AgentClock {
    /// The clocks of this host: the only place below the command line that looks at either.
    package static let system = AgentClock(
        now: { WallClock.now() },
        sleep: { try await ContinuousClock().sleep(for: $0) },
        elapsed: { BootClock.elapsed() },
        bootID: BootClock.id
    )
}

package import Time

extension AgentClock {
    /// The clocks of this host. The only place below the command line that reads them.
    package static let system = AgentClock(
        now: { WallClock.now() },
        sleep: { try await ContinuousClock().sleep(for: $0) },
        elapsed: { BootClock.elapsed() },
        bootID: BootClock.id
    )
}

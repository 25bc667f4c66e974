import Listener

/// `/-/reload`, as in Prometheus: answers when the new configuration is in force, or was refused.
struct ReloadAPI: Sendable {
    let isEnabled: Bool
    let reload: @Sendable () async -> ReloadOutcome

    /// Each of those who wait holds a connection.
    private static let waitingMaximum = 20

    var routes: [Route] {
        let wrongMethod = Route("GET", "/-/reload") { _ in
            .response(
                .text(
                    "Only POST or PUT requests allowed",
                    status: 405,
                    headers: ["Allow": "POST, PUT"]
                )
            )
        }
        return ["POST", "PUT"].map { method in
            var route = Route(method, "/-/reload") { _ in .response(await answer()) }
            route.maximumInFlight = Self.waitingMaximum
            return route
        } + [wrongMethod]
    }

    private func answer() async -> ServerResponse {
        guard isEnabled else { return .text("Lifecycle API is not enabled.", status: 403) }
        switch await reload() {
        case .done: return .text("")
        case .failed(let mistakes):
            return .text("failed to reload config: \(mistakes)\n", status: 500)
        case .stopping:
            return .text("failed to reload config: the agent is stopping\n", status: 503)
        }
    }
}

import GoText
import Listener

/// `/-/reload`, as in Prometheus: responds once the new configuration is in effect or was rejected.
struct ReloadAPI: Sendable {
    let isEnabled: Bool
    let reload: @Sendable () async -> ReloadOutcome

    /// Each waiting request occupies a connection.
    private static let maximumWaiting = 20

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
            route.maximumInFlight = Self.maximumWaiting
            return route
        } + [wrongMethod]
    }

    private func answer() async -> ServerResponse {
        guard isEnabled else { return .text("Lifecycle API is not enabled.", status: 403) }
        switch await reload() {
        case .done: return .text("")
        case .failed(let errors):
            let shown = errors.escapingUnsafe(except: ["\n"])
            return .text("failed to reload config: \(shown)\n", status: 500)
        case .stopping:
            return .text("failed to reload config: the agent is stopping\n", status: 503)
        }
    }
}

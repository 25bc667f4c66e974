import Listener
import Cycle

/// `/-/healthy` and `/-/ready`, as in Prometheus: one line of text or, if not ready, one line per
/// reason.
struct HealthAPI: Sendable {
    let board: StatusBoard

    var routes: [Route] {
        var healthy = Route("GET", "/-/healthy") { _ in
            .response(.text("Graphwarden is Healthy.\n"))
        }
        var ready = Route("GET", "/-/ready") { _ in
            let reasons = board.current.notReady
            guard !reasons.isEmpty else { return .response(.text("Graphwarden is Ready.\n")) }
            return .response(
                .text(reasons.map { $0 + "\n" }.joined(), status: 503)
            )
        }
        // Kubernetes must not kill the agent because its listener is busy or asks for credentials.
        healthy.isExemptFromLimits = true
        healthy.requiresAuthentication = false
        ready.isExemptFromLimits = true
        ready.requiresAuthentication = false
        return [healthy, ready]
    }
}

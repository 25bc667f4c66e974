import Listener
import Cycle

/// `/-/healthy` and `/-/ready`, as in Prometheus: one line of text, or the reasons as lines.
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
        // Probes of systemd and Kubernetes must get through while everything else is busy.
        healthy.isExemptFromLimits = true
        healthy.requiresAuthentication = false
        ready.isExemptFromLimits = true
        ready.requiresAuthentication = false
        return [healthy, ready]
    }
}

import GoText
package import Listener
import Cycle

/// `/-/healthy` and `/-/ready`, as in Prometheus: one line of text or, if not ready, one line per
/// reason. A ready agent that cannot do its work adds a line for each trouble and stays ready:
/// taking it out of service would help nobody.
///
/// Neither asks for credentials. Where others do, a reason is only a name: its text may quote the
/// configuration or an answer of the cloud.
package struct HealthAPI: Sendable {
    private let board: StatusBoard
    private let isPublic: Bool

    /// - Parameter isPublic: whether strangers are expected even if the agent has no users.
    package init(board: StatusBoard, isPublic: Bool = false) {
        self.board = board
        self.isPublic = isPublic
    }

    package var routes: [Route] {
        var healthy = Route("GET", "/-/healthy") { _ in
            .response(.text("Graphwarden is Healthy.\n"))
        }
        var ready = Route("GET", "/-/ready") { [board, isPublic] _ in
            let troubles = board.troubles
            let namesOnly = isPublic || board.hasUsers
            let reasons = troubles.filter(\.preventsReady).map { namesOnly ? $0.name : $0.text }
            let cautions = troubles.filter { !$0.preventsReady }
                .map { namesOnly ? $0.name : $0.text }
            let lines = (reasons.isEmpty ? ["Graphwarden is Ready."] : reasons) + cautions
            let text = lines.map { $0.displayed() + "\n" }.joined()
            return .response(.text(text, status: reasons.isEmpty ? 200 : 503))
        }
        // Kubernetes must not kill the agent because its listener is busy or asks for credentials.
        healthy.isExemptFromLimits = true
        healthy.requiresAuthentication = false
        ready.isExemptFromLimits = true
        ready.requiresAuthentication = false
        return [healthy, ready]
    }
}

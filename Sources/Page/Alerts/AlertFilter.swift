import Cycle
import Remediation
import Rules
import Series
package import URI

/// Which alerts the page shows. It lives in the URL, so a view can be shared.
package struct AlertFilter: Sendable, Hashable {
    /// A part of the name, in any case.
    var name = ""
    var state = ""
    var graphID = ""
    /// Counts from 1.
    var page = 1

    static let rowsPerPage = 200

    package init(_ query: [FormEncoding.Item] = []) {
        name = query.value("name")
        state = query.value("state")
        graphID = query.value("graph_id")
        page = max(1, Int(query.value("page")) ?? 1)
    }

    /// The query of this view; empty for the default one.
    var query: String {
        [
            FormEncoding.Item("name", name), FormEncoding.Item("state", state),
            FormEncoding.Item("graph_id", graphID),
            FormEncoding.Item("page", page > 1 ? "\(page)" : ""),
        ].query
    }

    var isFiltering: Bool { !name.isEmpty || !state.isEmpty || !graphID.isEmpty }

    func onPage(_ number: Int) -> AlertFilter {
        var changed = self
        changed.page = number
        return changed
    }

    func shows(_ alert: ActiveAlert) -> Bool {
        shows(alert.labels["alertname"], alert.state.name, alert.labels["graph_id"])
    }

    func shows(_ alert: ReceivedAlert, isFiring: Bool) -> Bool {
        shows(alert.alertname, isFiring ? "firing" : "inactive", alert.graphID.rawValue)
    }

    private func shows(_ alertname: String, _ alertState: String, _ id: String) -> Bool {
        (name.isEmpty || alertname.lowercased().contains(name.lowercased()))
            && (state.isEmpty || alertState == state) && (graphID.isEmpty || id == graphID)
    }
}

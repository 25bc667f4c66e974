import JSON
import Series
import Time

/// One alert for Alertmanager, to which its labels are its identity.
struct OutgoingAlert: Hashable, Sendable {
    /// Frozen while it fires: with another name of its graph it would be another alert.
    var labels: Labels
    /// The labels that stay the same.
    let identity: Labels
    /// Whether it tells about the agent's own doing. Such alerts are sent first, and dropped last.
    let isAboutRemediation: Bool
    /// Sorted by name.
    var annotations: [Label]
    /// Nil if it began when it was first seen.
    var startsAt: Timestamp?
    /// When Alertmanager takes it for resolved unless it is sent again.
    var endsAt: Timestamp?
    /// Where a person finds out more; empty if the agent does not know its own address.
    var link = ""

    /// An alert of a rule.
    init(labels: Labels, annotations: [Label], startsAt: Timestamp?) {
        self.labels = labels
        identity = labels
        isAboutRemediation = false
        self.annotations = annotations
        self.startsAt = startsAt
    }

    /// An alert about a remediation.
    ///
    /// - Parameter graphName: a label too; empty if it is not known.
    init(
        identity: Labels,
        graphName: String,
        annotations: [Label],
        startsAt: Timestamp?
    ) {
        let name = Label(name: "graph_name", value: graphName)
        labels = Labels(identity.elements + (graphName.isEmpty ? [] : [name]))
        self.identity = identity
        isAboutRemediation = true
        self.annotations = annotations
        self.startsAt = startsAt
    }

    /// As `POST /api/v2/alerts` takes it.
    var json: JSONValue {
        var members = [
            JSONMember("labels", Self.object(labels.map { ($0.name, $0.value) })),
            JSONMember("annotations", Self.object(annotations.map { ($0.name, $0.value) })),
        ]
        if let startsAt { members.append(JSONMember("startsAt", .string(startsAt.rfc3339))) }
        if let endsAt { members.append(JSONMember("endsAt", .string(endsAt.rfc3339))) }
        if !link.isEmpty { members.append(JSONMember("generatorURL", .string(link))) }
        return .object(members)
    }

    private static func object(_ members: [(String, String)]) -> JSONValue {
        // Alertmanager rejects a whole message for one alert with an empty label.
        .object(members.filter { !$0.1.isEmpty }.map { JSONMember($0.0, .string($0.1)) })
    }
}

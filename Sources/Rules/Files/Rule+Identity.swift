import Series

extension Rule {
    /// What makes a rule the same one after its file was changed: kind, name and labels, as written.
    struct Identity: Hashable {
        let isAlerting: Bool
        let name: String
        let labels: [String: String]
    }

    var identity: Identity {
        switch self {
        case .alerting(let rule):
            let pairs = rule.labels.map { ($0.name, $0.text) }
            return Identity(
                isAlerting: true,
                name: rule.name,
                labels: Dictionary(uniqueKeysWithValues: pairs)
            )
        case .recording(let rule):
            let pairs = rule.labels.map { ($0.name, $0.value) }
            return Identity(
                isAlerting: false,
                name: rule.name,
                labels: Dictionary(uniqueKeysWithValues: pairs)
            )
        }
    }
}

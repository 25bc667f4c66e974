import Series

extension Rule {
    /// What identifies a rule across reloads: its kind, name and labels as written, templates
    /// unexpanded. The expression is not part of it, so editing it keeps the rule's alerts.
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

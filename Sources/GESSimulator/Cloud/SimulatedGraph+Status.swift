extension SimulatedGraph {
    /// A graph's state code. Any text is allowed: the service has undocumented codes, and a client
    /// must handle them.
    package struct Status: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        package var rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package init(stringLiteral value: String) {
            rawValue = value
        }

        package static let preparing: Status = "100"
        package static let running: Status = "200"
        package static let importing: Status = "202"
        package static let exporting: Status = "204"
        package static let clearing: Status = "205"
        package static let faulty: Status = "300"
        package static let deleted: Status = "400"
        package static let stopped: Status = "900"
        package static let stopping: Status = "901"
        package static let backingUp: Status = "903"
        package static let starting: Status = "920"

        /// The states in which a forced restart is accepted (GES API pages 0222 and 0358) and in
        /// which the data plane answers.
        package var isRestartable: Bool {
            switch self {
            case .running, .importing, .exporting, .clearing: true
            default: false
            }
        }

        /// Why a restart is refused in this state; nil if it is accepted. The API pages name
        /// GES.7016 for the refusal; the others are the codes whose text describes the state.
        var restartRefusal: ServiceError? {
            switch self {
            case _ where isRestartable: nil
            case .preparing: .graphBeingCreated
            case .deleted: .graphDeleted
            case .stopped, .stopping: .graphStopped
            case .backingUp: .graphBeingBackedUp
            case .starting, .faulty: .graphNotRunning
            default: .requestInvalid
            }
        }
    }
}

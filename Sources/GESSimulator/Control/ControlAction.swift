import JSON
import Time

/// One request of the control interface, with the cloud that it applies to.
struct ControlCall {
    /// The values of `{id}` and other placeholders of the pattern.
    let parameters: [String: String]
    let query: [(name: String, value: String)]
    var body: ControlBody
    let now: Timestamp

    func query(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The graph that the path names by id or by name.
    func graphID(_ cloud: SimulatedCloud) throws(ControlError) -> String {
        try Self.graphID(parameters["id"] ?? "", cloud)
    }

    static func graphID(_ key: String, _ cloud: SimulatedCloud) throws(ControlError) -> String {
        if let graph = cloud.graph(key) { return graph.id }
        guard let id = cloud.graphID(named: key) else {
            throw ControlError("there is no graph \"\(key)\"", status: 404)
        }
        return id
    }
}

/// One operation of the control interface.
struct ControlAction: Sendable {
    typealias Perform =
        @Sendable (inout SimulatedCloud, inout ControlCall) throws(ControlError) -> JSONValue

    let method: String
    let pattern: String
    private let perform: Perform

    init(_ method: String, _ pattern: String, _ perform: @escaping Perform) {
        self.method = method
        self.pattern = pattern
        self.perform = perform
    }

    /// Changes nothing if the body has an unknown member.
    func callAsFunction(
        _ cloud: inout SimulatedCloud,
        _ call: ControlCall
    ) throws(ControlError) -> JSONValue {
        var changed = cloud
        let answer = try perform(call, inPlace: &changed)
        cloud = changed
        return answer
    }

    /// Without a copy of the cloud: an unknown member is found only after the change.
    func perform(
        _ call: ControlCall,
        inPlace cloud: inout SimulatedCloud
    ) throws(ControlError) -> JSONValue {
        var call = call
        let answer = try perform(&cloud, &call)
        try call.body.finish()
        return answer
    }

    static let all =
        ControlReading.actions + GraphControl.actions + GraphControl.conditions
        + GraphControl.network + FaultControl.actions
}

import JSON
import Time

/// Control operations on graphs.
enum GraphControl {
    static let actions: [ControlAction] = [
        ControlAction("POST", "/control/graphs") { cloud, call throws(ControlError) in
            try add(&cloud, &call)
        },
        ControlAction("DELETE", "/control/graphs/{id}") { cloud, call throws(ControlError) in
            cloud.removeGraph(try call.graphID(cloud))
            return [:]
        },
        change("hang") { cloud, id, call throws(ControlError) in
            let hangClass = try call.body.choice("class", HangKind.self) ?? .unresponsive
            let restarts = try call.body.integer("restarts_to_heal", in: 0...1000) ?? 1
            // 0 means that no restart heals it, because JSON's null stands for an absent member.
            let cause = try call.body.string("task")
            cloud.hang(
                id,
                hangClass,
                restartsToHeal: restarts == 0 ? nil : restarts,
                manner: try manner(&call.body, otherwise: "silent"),
                answers: Set(try call.body.operations("answers")),
                at: call.now
            )
            if let cause { cloud.blameTask(of: id, type: cause, at: call.now) }
        },
        change("heal") { cloud, id, call in cloud.heal(id, at: call.now) },
        change("slow") { cloud, id, call throws(ControlError) in
            let delay = try call.body.milliseconds("milliseconds") ?? .seconds(1)
            cloud.setManner(id, delay == .zero ? .answering : .slow(delay))
        },
        change("manner") { cloud, id, call throws(ControlError) in
            let operations = try call.body.operations("operations")
            let manner = try manner(&call.body)
            if operations.isEmpty {
                cloud.setManner(id, manner)
            } else {
                cloud.setManner(id, manner, of: operations)
            }
        },
        change("status") { cloud, id, call throws(ControlError) in
            let status = SimulatedGraph.Status(rawValue: try call.body.required("status"))
            cloud.setStatus(id, status, at: call.now)
        },
        change("lag") { cloud, id, call throws(ControlError) in
            cloud.setStatusLag(id, try call.body.seconds("seconds") ?? .zero)
        },
        change("work") { cloud, id, call throws(ControlError) in
            let kind = try call.body.choice("kind", WorkKind.self) ?? .importing
            let duration = try call.body.seconds("seconds") ?? .seconds(60)
            let step = try call.body.seconds("step_seconds")
            cloud.beginWork(id, kind, lasting: duration, step: step, at: call.now)
        },
        change("task") { cloud, id, call throws(ControlError) in
            let type = try call.body.string("type") ?? "Algorithm"
            let duration = try call.body.seconds("seconds")
            let step = try call.body.seconds("step_seconds")
            let course = duration.map {
                SimulatedTask.Course.finishing(at: call.now + $0, step: step)
            }
            cloud.addTask(
                id,
                type: type,
                course: course ?? .stalled(percent: SimulatedCloud.stalledPercent),
                at: call.now
            )
        },
    ]

    /// `POST /control/graphs/{id}/{verb}`, answered with the changed graph.
    static func change(
        _ verb: String,
        _ perform:
            @escaping @Sendable (
                inout SimulatedCloud, String, inout ControlCall
            ) throws(ControlError) -> Void
    ) -> ControlAction {
        ControlAction("POST", "/control/graphs/{id}/\(verb)") { cloud, call throws(ControlError) in
            let id = try call.graphID(cloud)
            try perform(&cloud, id, &call)
            return cloud.graph(id).map { ControlReading.graph($0, cloud, call.now) } ?? .null
        }
    }

    private static func add(
        _ cloud: inout SimulatedCloud,
        _ call: inout ControlCall
    ) throws(ControlError) -> JSONValue {
        let name = try call.body.required("name")
        let id = cloud.addGraph(
            id: try call.body.string("id"),
            name: name,
            status: SimulatedGraph.Status(rawValue: try call.body.string("status") ?? "200"),
            tags: try call.body.strings("tags"),
            placement: try placement(
                &call.body,
                otherwise: Placement(privateIP: cloud.configuration.host)
            ),
            age: try call.body.seconds("age_seconds") ?? .zero,
            productType: try call.body.string("product_type") ?? "InMemory",
            pastJobs: try call.body.integer("past_jobs", in: 0...100),
            at: call.now
        )
        guard let id, let graph = cloud.graph(id) else {
            throw ControlError(
                "the id or the name is taken or not allowed "
                    + "(names: 4 to 64 letters, digits and underscores, starting with a letter)",
                status: 409
            )
        }
        return ControlReading.graph(graph, cloud, call.now)
    }

    private static func manner(
        _ body: inout ControlBody,
        otherwise base: String? = nil
    ) throws(ControlError) -> DataPlaneManner {
        let word = try body.string("manner") ?? base
        switch word {
        case "answering": return .answering
        case "refusing": return .refusing
        case "unreachable": return .unreachable
        case "slow": return .slow(try body.milliseconds("milliseconds") ?? .seconds(1))
        case "silent": return .silent
        case "dropping": return .dropping
        case "failing":
            return .failing(
                ServiceError(
                    status: try body.integer("status", in: 200...599) ?? 500,
                    code: try body.string("code") ?? ServiceError.engineUnavailable.code,
                    message: try body.string("message") ?? ServiceError.engineUnavailable.message
                )
            )
        default:
            throw ControlError(
                "\"manner\" must be one of answering, slow, silent, dropping, refusing, unreachable,"
                    + " failing"
            )
        }
    }
}

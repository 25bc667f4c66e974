import JSON
import Time

/// Control operations on the cloud as a whole: faults, outages, credentials, the clock.
enum FaultControl {
    static let actions: [ControlAction] = [
        ControlAction("GET", "/control/faults") { cloud, _ in
            ["faults": .array(cloud.faults.scheduled.map(document))]
        },
        ControlAction("POST", "/control/faults") { cloud, call throws(ControlError) in
            try schedule(&cloud, &call)
        },
        ControlAction("DELETE", "/control/faults") { cloud, _ in
            cloud.faults.cancelAll()
            return [:]
        },
        ControlAction("DELETE", "/control/faults/{number}") { cloud, call throws(ControlError) in
            let text = call.parameters["number"] ?? ""
            guard let number = Int(text), cloud.faults.cancel(number) else {
                throw ControlError("no fault has the number \(text)", status: 404)
            }
            return [:]
        },
        ControlAction("POST", "/control/outage") { cloud, call throws(ControlError) in
            cloud.outage = try outage(&call)
            return [:]
        },
        ControlAction("DELETE", "/control/outage") { cloud, _ in
            cloud.outage = nil
            return [:]
        },
        ControlAction("POST", "/control/certificate") { cloud, call throws(ControlError) in
            guard cloud.configuration.speaksTLS else {
                throw ControlError("this cloud does not use TLS", status: 409)
            }
            cloud.certificate = try call.body.choice("kind", CertificateKind.self) ?? .good
            return [:]
        },
        ControlAction("POST", "/control/tokens/revoke") { cloud, _ in
            cloud.revokeTokens()
            return [:]
        },
        ControlAction("POST", "/control/password") { cloud, call throws(ControlError) in
            cloud.changePassword(to: try call.body.required("password"))
            return [:]
        },
        ControlAction("POST", "/control/clock") { cloud, call throws(ControlError) in
            let seconds = try call.body.number("error_seconds", in: -1e9...1e9) ?? 0
            cloud.clockError = .milliseconds(Int64(seconds * 1000))
            return [:]
        },
    ]

    private static func schedule(
        _ cloud: inout SimulatedCloud,
        _ call: inout ControlCall
    ) throws(ControlError) -> JSONValue {
        let present = cloud
        let fault = try ScheduledFault(reading: &call.body, at: call.now) {
            key throws(ControlError) in
            try ControlCall.graphID(key, present)
        }
        guard let number = cloud.faults.schedule(fault) else {
            throw ControlError("too many faults are scheduled", status: 409)
        }
        return ["number": .integer(Int64(number))]
    }

    private static func document(_ number: Int, _ scheduled: ScheduledFault) -> JSONValue {
        [
            "number": .integer(Int64(number)),
            "kind": .string(scheduled.fault.name),
            "service": scheduled.match.service.map { .string($0.rawValue) } ?? .null,
            "operation": scheduled.match.operation.map { .string($0.rawValue) } ?? .null,
            "graph": scheduled.match.graphID.map { .string($0) } ?? .null,
            "count": scheduled.count.map { .integer(Int64($0)) } ?? .null,
        ]
    }

    private static func outage(_ call: inout ControlCall) throws(ControlError) -> Outage {
        let manner = try call.body.choice("manner", Outage.Manner.self) ?? .hang
        let until = try call.body.seconds("seconds").map { call.now + $0 }
        var services: Set<CloudService> = []
        for value in call.body.value("services")?.arrayValue ?? [] {
            guard let service = value.stringValue.flatMap({ CloudService(rawValue: $0) }) else {
                let names = CloudService.allCases.map(\.rawValue).joined(separator: ", ")
                throw ControlError("\"services\" must be a list of \(names)")
            }
            services.insert(service)
        }
        guard manner != .refuse || services.isEmpty else {
            throw ControlError("an outage that refuses connections must affect all services")
        }
        return Outage(manner, services: services, until: until)
    }
}

import JSON
import Time

/// Control operations on the network, on lists, and on what a graph shows of itself.
extension GraphControl {
    static let network: [ControlAction] = [
        ControlAction("POST", "/control/network") { cloud, call throws(ControlError) in
            guard cloud.schedule(try networkFault(cloud, &call)) else {
                throw ControlError("too many faults of the network", status: 409)
            }
            return [:]
        },
        ControlAction("DELETE", "/control/network") { cloud, _ in
            cloud.restoreNetwork()
            return [:]
        },
        ControlAction("POST", "/control/hosts") { cloud, call throws(ControlError) in
            let host = NetworkHost(
                address: try call.body.required("address"),
                subnetID: try call.body.required("subnet")
            )
            cloud.hosts.append(host)
            return [:]
        },
        ControlAction("POST", "/control/listing") { cloud, call throws(ControlError) in
            cloud.listingOmitsNetwork = try call.body.bool("omits_network") ?? false
            return [:]
        },
        ControlAction("POST", "/control/data_plane") { cloud, call throws(ControlError) in
            var refused: Set<AuthenticationKind> = []
            for word in try call.body.words("refuses") {
                guard let kind = AuthenticationKind(rawValue: word) else {
                    let names = AuthenticationKind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ControlError("\"refuses\" must be a list of \(names)")
                }
                refused.insert(kind)
            }
            cloud.dataPlaneRefuses = refused
            return [:]
        },
    ]

    static let conditions: [ControlAction] = [
        change("occupant") { cloud, id, call throws(ControlError) in
            let kind = try call.body.choice("address", AddressKind.self) ?? .private
            cloud.setOccupant(id, of: kind, try occupant(cloud, &call))
        },
        change("queries") { cloud, id, call throws(ControlError) in
            let count = try call.body.integer("count", in: 0...1000) ?? 1
            let load = QueryLoad(
                count: count,
                since: call.now,
                change: try call.body.seconds("change_seconds"),
                isKilled: try call.body.bool("killed") ?? false
            )
            cloud.setQueryLoad(id, count == 0 ? nil : load)
        },
        change("stall") { cloud, id, call in cloud.stall(id, at: call.now) },
        change("tags") { cloud, id, call throws(ControlError) in
            cloud.setTags(id, try call.body.strings("tags"))
        },
        change("job") { cloud, id, call throws(ControlError) in
            cloud.addJob(
                id,
                name: try call.body.required("name"),
                lasting: try call.body.seconds("seconds"),
                failure: try call.body.string("failure"),
                at: call.now
            )
        },
        change("restart") { cloud, id, call throws(ControlError) in
            let course = try ScheduledFault.course(&call.body, otherwise: "runs")
            try accepted { () throws(ServiceError) in
                _ = try cloud.restart(id, course: course, at: call.now)
            }
        },
        change("stop") { cloud, id, call throws(ControlError) in
            try accepted { () throws(ServiceError) in _ = try cloud.stop(id, at: call.now) }
        },
        change("start") { cloud, id, call throws(ControlError) in
            try accepted { () throws(ServiceError) in _ = try cloud.start(id, at: call.now) }
        },
        change("placement") { cloud, id, call throws(ControlError) in
            guard let graph = cloud.graph(id) else { return }
            cloud.setPlacement(id, try placement(&call.body, otherwise: graph.placement))
        },
    ]

    private static func accepted(
        _ action: () throws(ServiceError) -> Void
    ) throws(ControlError) {
        do throws(ServiceError) {
            try action()
        } catch {
            throw ControlError("\(error.code): \(error.message)", status: 409)
        }
    }

    private static func networkFault(
        _ cloud: SimulatedCloud,
        _ call: inout ControlCall
    ) throws(ControlError) -> NetworkFault {
        let manner = try call.body.choice("manner", NetworkFault.Manner.self) ?? .timeout
        var fault = NetworkFault(manner)
        fault.subnetID = try call.body.string("subnet")
        if let key = try call.body.string("graph") {
            fault.graphID = try ControlCall.graphID(key, cloud)
        }
        fault.address = try call.body.string("address")
        fault.kind = try call.body.choice("kind", AddressKind.self)
        fault.port = try call.body.integer("port", in: 1...65_535)
        fault.until = try call.body.seconds("seconds").map { call.now + $0 }
        return fault
    }

    private static func occupant(
        _ cloud: SimulatedCloud,
        _ call: inout ControlCall
    ) throws(ControlError) -> Occupant? {
        switch try call.body.required("by") {
        case "nobody": return nil
        case "balancer":
            return .balancer(status: try call.body.integer("status", in: 200...599) ?? 502)
        case let key: return .graph(try ControlCall.graphID(key, cloud))
        }
    }

    static func placement(
        _ body: inout ControlBody,
        otherwise base: Placement
    ) throws(ControlError) -> Placement {
        var placement = base
        if let vpc = try body.string("vpc") { placement.vpcID = vpc }
        if let subnet = try body.string("subnet") { placement.subnetID = subnet }
        if let address = try body.string("private_ip") { placement.privateIP = address }
        let physical = try body.words("physical_ips")
        if !physical.isEmpty { placement.physicalIPs = physical }
        if let address = try body.string("public_ip") { placement.publicIP = address }
        return placement
    }
}

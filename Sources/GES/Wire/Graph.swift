package import JSON
package import Time

/// A graph as the management plane describes it, the same in both versions of the API.
///
/// Only id, name and status are certain: real answers leave out the rest freely.
package struct Graph: Hashable, Sendable {
    package var id: String
    /// What the data plane and the job filters call the graph.
    package var name: String
    package var status: GraphStatus
    /// The floating address of the data plane.
    package var privateIP: String?
    package var publicIP: String?
    /// The addresses of the nodes themselves. Unlike the floating one they do not move, so a probe of
    /// them does not take a switch of the address for an outage.
    package var trafficIPs: [String]
    package var dataStoreVersion: String?
    /// `"1"` a million edges, `"2"` ten million, and so on.
    package var graphSizeTypeIndex: String?
    package var createdAt: Timestamp?
    package var updatedAt: Timestamp?
    /// 0 to 100; sent only while the graph is being created or started (status 100).
    package var actionProgressPercent: Double?
    /// `InMemory` or `Persistence`; never sent by v1.
    package var productType: String?
    /// Nil when not said.
    package var enableHTTPS: Bool?
    package var tags: [String: String]

    package init(id: String, name: String, status: GraphStatus) {
        self.id = id
        self.name = name
        self.status = status
        trafficIPs = []
        tags = [:]
    }
}

extension Graph {
    /// Reads a graph in either dialect; nil without id, name and status.
    package init?(_ value: JSONValue) {
        guard let object = WireObject(value), let id = object.text("id"),
            let name = object.text("name"), let status = object.text("status")
        else { return nil }
        self.init(id: id, name: name, status: GraphStatus(code: status))
        privateIP = object.text("private_ip", "privateIp")
        publicIP = object.text("public_ip", "publicIp")
        trafficIPs = (object.array("traffic_ip_list", "trafficIpList") ?? [])
            .compactMap(WireScalar.text)
        dataStoreVersion = object.text("data_store_version", "dataStoreVersion")
        graphSizeTypeIndex = object.text("graph_size_type_index", "graphSizeTypeIndex")
        createdAt = object.time("created")
        updatedAt = object.time("updated")
        actionProgressPercent = object.double("action_progress", "actionProgress")
        productType = object.text("product_type", "productType")
        enableHTTPS = object.bool("enable_https", "enableHttps")
        for tag in object.array("tags") ?? [] {
            guard let tag = WireObject(tag), let key = tag.text("key") else { continue }
            tags[key] = tag.text("value") ?? ""
        }
    }
}

package import JSON
package import Time

/// A graph as described by the management plane, in either version of the API.
///
/// Only ID, name and status are always present; real responses may omit anything else.
package struct Graph: Hashable, Sendable {
    package var id: String
    /// Identifies the graph in data plane paths and job filters.
    package var name: String
    package var status: GraphStatus
    /// The floating address of the data plane.
    package var privateIP: String?
    package var publicIP: String?
    /// The fixed addresses of the nodes. They do not move on failover, unlike `privateIP`.
    package var trafficIPs: [String]
    package var dataStoreVersion: String?
    /// An index into the service's size classes: `"1"` is a million edges, `"2"` ten million, …
    package var graphSizeTypeIndex: String?
    package var createdAt: Timestamp?
    package var updatedAt: Timestamp?
    /// 0 to 100; present only while the graph is being created or started (status 100).
    package var actionProgressPercent: Double?
    /// `InMemory` or `Persistence`; v1 never sends it.
    package var productType: String?
    /// Security mode; nil if the response omits it.
    package var enableHTTPS: Bool?
    package var tags: [String: String]
    package var vpcID: String?
    /// Graphs of a subnet are reached, or lost, together. Listings often omit it.
    package var subnetID: String?

    package init(id: String, name: String, status: GraphStatus) {
        self.id = id
        self.name = name
        self.status = status
        trafficIPs = []
        tags = [:]
    }
}

extension Graph {
    /// Parses a graph of either API version; returns nil without ID, name and status.
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
        vpcID = object.text("vpc_id", "vpcId")
        subnetID = object.text("subnet_id", "subnetId")
        for tag in object.array("tags") ?? [] {
            guard let tag = WireObject(tag), let key = tag.text("key") else { continue }
            tags[key] = tag.text("value") ?? ""
        }
    }
}

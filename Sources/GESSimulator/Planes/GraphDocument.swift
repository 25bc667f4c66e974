import JSON
import Time

/// A graph as the list and detail pages show it.
struct GraphDocument {
    let graph: SimulatedGraph
    let region: String
    let user: String
    let progressPercent: Int?
    var hasNetwork = true

    /// A field with its name in each dialect. v1's names follow no single rule, and some fields
    /// exist only in v2.
    private struct Field {
        let v2: String
        let v1: String?
        let value: JSONValue

        init(_ v2: String, _ v1: String?, _ value: JSONValue) {
            self.v2 = v2
            self.v1 = v1
            self.value = value
        }
    }

    func document(_ version: APIDialect, at now: Timestamp) -> JSONValue {
        let fields = identity(at: now) + (hasNetwork ? network : []) + addresses + features
        return .object(
            fields.compactMap { field in
                switch version {
                case .v2: JSONMember(field.v2, field.value)
                case .v1: field.v1.map { JSONMember($0, field.value) }
                }
            }
        )
    }

    private func identity(at now: Timestamp) -> [Field] {
        var fields = [
            Field("id", "id", .string(graph.id)),
            Field("name", "name", .string(graph.name)),
            Field("status", "status", .string(graph.reportedStatus(at: now).rawValue)),
            Field("created_by", "createdBy", .string(user)),
            Field("region_code", "regionCode", .string(region)),
            Field("az_code", "azCode", .string(region + "a")),
            Field("is_multi_az", "isMultiAz", "false"),
            Field("data_store_version", "dataStoreVersion", .string(graph.version)),
            Field("graph_size_type_index", "graphSizeTypeIndex", .string(graph.sizeTypeIndex)),
            Field("created", "created", .string(graph.created.naked)),
            Field(
                "updated",
                "updated",
                .string(graph.reportedChange(before: now).naked)
            ),
        ]
        if let progressPercent {
            fields.append(
                Field("action_progress", "actionProgress", .string(String(progressPercent)))
            )
        }
        return fields
    }

    private var network: [Field] {
        [
            Field("vpc_id", "vpcId", .string(graph.placement.vpcID)),
            Field("subnet_id", "subnetId", .string(graph.placement.subnetID)),
            Field("security_group_id", "securityGroupId", "11d27338-8649-4076-8579-5ebc1a60f79e"),
        ]
    }

    private var addresses: [Field] {
        var fields = [
            Field("private_ip", "privateIp", .string(graph.privateIP)),
            Field(
                "traffic_ip_list",
                "trafficIpList",
                .array(graph.placement.trafficIPs.map { .string($0) })
            ),
            Field("enable_https", "enableHttps", false),
        ]
        if let publicIP = graph.publicIP {
            fields.append(Field("public_ip", "publicIp", .string(publicIP)))
        }
        return fields
    }

    private var features: [Field] {
        let tags = graph.tags.map { tag -> JSONValue in
            ["key": .string(tag.key), "value": .string(tag.value)]
        }
        return [
            Field("replication", "replication", 1),
            Field("arch", "arch", "x86_64"),
            Field("encrypted", "encrypted", false),
            Field("enable_rbac", "enableRBAC", false),
            Field("enable_full_text_index", "enableFulltextIndex", false),
            Field("enable_hyg", "enableHyG", false),
            Field("crypt_algorithm", "cryptAlgorithm", "generalCipher"),
            // Snake case in both dialects.
            Field("sys_tags", "sys_tags", []),
            Field("tags", "tags", .array(tags)),
            Field("product_type", nil, .string(graph.productType)),
            Field("enable_lts", nil, false),
        ]
    }
}

import JSON
import Testing

@testable import GES
import Time

@Suite("Graphs are parsed in both dialects")
struct GraphDecodingTests {
    /// Page 0168 of the GES API, shortened.
    private static let v1 = #"""
        {"id":"f1529b88-c958-493e-8452-fccfe932cde1","name":"demo","regionCode":"cn-north-1",
         "schemaPath":[{"path":"g/schema.xml","jobId":"ff80808167bb90340167bc7445670428","status":"success"}],
         "status":"200","graphSizeTypeIndex":"1","created":"2018-07-23T04:09:44",
         "updated":"2018-07-24T04:09:44","privateIp":"192.168.0.4","publicIp":"49.4.81.183",
         "trafficIpList":["192.168.0.5","192.168.0.6"],"dataStoreVersion":"2.2.21","enableHttps":false,
         "actionProgress":"40","tags":[{"key":"env","value":"prod"},{"key":"empty"}]}
        """#

    private static let v2 = #"""
        {"id":"f1529b88-c958-493e-8452-fccfe932cde1","name":"demo","region_code":"cn-north-1",
         "is_multi_az":"false","status":"200","graph_size_type_index":"1",
         "created":"2018-07-23T04:09:44","updated":"2018-07-24T04:09:44","private_ip":"192.168.0.4",
         "public_ip":"49.4.81.183","traffic_ip_list":["192.168.0.5","192.168.0.6"],
         "data_store_version":"2.2.21","enable_https":false,"action_progress":"40",
         "tags":[{"key":"env","value":"prod"},{"key":"empty","value":null}]}
        """#

    @Test("both dialects describe the same graph", arguments: [v1, v2])
    func bothDialects(text: String) throws {
        let graph = try #require(Graph(try JSONValue.parse(Array(text.utf8))))
        var expected = Graph(
            id: "f1529b88-c958-493e-8452-fccfe932cde1",
            name: "demo",
            status: GraphStatus(code: "200")
        )
        expected.privateIP = "192.168.0.4"
        expected.publicIP = "49.4.81.183"
        expected.trafficIPs = ["192.168.0.5", "192.168.0.6"]
        expected.dataStoreVersion = "2.2.21"
        expected.graphSizeTypeIndex = "1"
        expected.createdAt = Timestamp(milliseconds: 1_532_318_984_000)
        expected.updatedAt = Timestamp(milliseconds: 1_532_405_384_000)
        expected.actionProgressPercent = 40
        expected.enableHTTPS = false
        expected.tags = ["env": "prod", "empty": ""]
        #expect(graph == expected)
    }

    @Test("numbers and booleans may be strings, and strings numbers")
    func scalarTypes() throws {
        let graph = try #require(
            Graph([
                "id": 17, "name": "demo", "status": 202, "graph_size_type_index": 2,
                "action_progress": 12.5, "enable_https": "TRUE", "data_store_version": 2.4,
            ])
        )
        #expect(graph.id == "17")
        #expect(graph.status.code == "202")
        #expect(graph.graphSizeTypeIndex == "2")
        #expect(graph.actionProgressPercent == 12.5)
        #expect(graph.enableHTTPS == true)
        #expect(graph.dataStoreVersion == "2.4")
        #expect(Graph(["id": "a", "name": "b", "status": 200.0])?.status.code == "200")
    }

    @Test("a field of a wrong type is treated as absent")
    func uselessTypes() throws {
        let graph = try #require(
            Graph([
                "id": "g", "name": "demo", "status": "200", "private_ip": ["10.0.0.1"],
                "public_ip": "", "traffic_ip_list": "10.0.0.2", "created": 5, "tags": ["env"],
                "enable_https": "perhaps", "action_progress": "half", "product_type": .null,
            ])
        )
        #expect(graph == Graph(id: "g", name: "demo", status: GraphStatus(code: "200")))
    }

    @Test(
        "without id, name or status there is no graph",
        arguments: [
            ["name": "n", "status": "200"], ["id": "g", "status": "200"], ["id": "g", "name": "n"],
            ["id": "", "name": "n", "status": "200"], ["id": "g", "name": .null, "status": "200"],
            ["id": "g", "name": "n", "status": ["200"]], "graph", .null, [],
        ] as [JSONValue]
    )
    func essentials(value: JSONValue) {
        #expect(Graph(value) == nil)
    }
}

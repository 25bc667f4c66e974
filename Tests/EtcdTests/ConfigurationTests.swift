import Testing

@testable import Etcd

@Suite("the configuration of the client of etcd")
struct ConfigurationTests {
    @Test(
        "an endpoint is a scheme, a host and a port",
        arguments: [
            "", "a:2379", "ftp://a:2379", "http://", "http://a/path", "http://a?x", "http://u@a",
            "http://a b", "http://é", "unix://x", "http://a#b", "HTTPS:/a",
        ]
    )
    func endpoints(endpoint: String) {
        #expect(throws: EtcdError.self) {
            try EtcdClient(EtcdConfiguration(endpoints: ["http://a:1", endpoint]))
        }
    }

    @Test("a trailing slash is ignored, and the order kept")
    func slash() throws {
        let configuration = EtcdConfiguration(
            endpoints: ["http://a:1/", "https://[::1]:2379", "http://b"]
        )
        #expect(
            try configuration.checkedEndpoints() == [
                "http://a:1", "https://[::1]:2379", "http://b",
            ]
        )
    }

    @Test("settings that belong together come together")
    func pairs() {
        let good = EtcdConfiguration(endpoints: ["http://a:1"])
        var wrong = Array(repeating: good, count: 6)
        wrong[0].endpoints = []
        wrong[1].timeout = .zero
        wrong[2].user = "kim"
        wrong[3].passwordFile = "/password"
        wrong[4].keyFile = "/key"
        wrong[5].caFile = "/nonexistent/ca.pem"
        for configuration in wrong {
            #expect(throws: EtcdError.self) { try EtcdClient(configuration) }
        }
    }
}

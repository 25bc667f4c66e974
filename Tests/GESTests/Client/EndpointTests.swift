import Testing

@testable import GES

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "the endpoints are derived from the region",
        arguments: [
            ("cn-north-4", "cn-north-4.myhuaweicloud.com"),
            ("ru-moscow-1", "ru-moscow-1.myhuaweicloud.com"),
            ("eu-west-101", "eu-west-101.myhuaweicloud.eu"),
        ]
    )
    func region(region: String, domain: String) throws {
        let endpoints = try Endpoints(region: region)
        #expect(endpoints.ges.description == "https://ges.\(domain)")
        #expect(endpoints.iam.description == "https://iam.\(domain)")
        #expect(endpoints.ces.description == "https://ces.\(domain)")
        #expect(endpoints.metadata.description == "http://169.254.169.254")
    }

    @Test("a region cannot inject another host", arguments: ["", "a.evil.com/", "CN-North-4"])
    func badRegion(region: String) {
        #expect(throws: EndpointError.self) { try Endpoints(region: region) }
    }

    @Test(
        "an endpoint is written as the Host header will be",
        arguments: [
            ("https://GES.Example.com", "https://ges.example.com"),
            ("https://ges.example.com:443/", "https://ges.example.com"),
            ("http://127.0.0.1:18080", "http://127.0.0.1:18080"),
            ("http://ges.example.com:80", "http://ges.example.com"),
            ("http://ges.example.com:443", "http://ges.example.com:443"),
            ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
            ("http://[::1]", "http://[::1]"),
            ("HTTPS://proxy.example.com/ges//", "https://proxy.example.com/ges"),
        ]
    )
    func normalised(text: String, expected: String) throws {
        #expect(try Endpoint(text).description == expected)
    }

    @Test(
        "an invalid endpoint is refused",
        arguments: [
            "", "ges.example.com", "ftp://ges.example.com", "https://", "https:///v2",
            "https://user@ges.example.com", "https://ges.example.com?x=1",
            "https://ges.example.com#x",
            "https://ges.example.com:0", "https://ges.example.com:65536",
            "https://ges.example.com:",
            "https://ges.example.com:8a", "https://ges example.com", "https://gés.example.com",
            "https://ges_!.example.com", "https://[::1", "https://[]", "https://a:+80",
        ]
    )
    func refused(text: String) {
        #expect(throws: EndpointError.self) { try Endpoint(text) }
    }
}

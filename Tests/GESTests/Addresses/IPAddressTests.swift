import Glibc
import HTTPClient
import TestSupport
import Testing

@testable import GES
@testable import HTTPClient

@Suite("IP addresses")
struct IPAddressTests {
    private static func aton(_ text: String) -> [UInt8]? {
        var address = in_addr()
        guard unsafe inet_aton(text, &address) != 0 else { return nil }
        return unsafe withUnsafeBytes(of: &address.s_addr) { unsafe Array($0) }
    }

    private static func pton(_ text: String, _ family: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
        return unsafe inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }

    /// The host to which libcurl connects.
    private static func curl(_ host: String) -> String? {
        try? RequestCheck.origin(of: HTTPRequest(url: "http://\(host)/")).host
    }

    private static let version4Texts = [
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0X7F.1", "0177.0.0.1",
        "017700000001", "0x7f.0x0.0x0.0x1", "00000177.1", "127.0.0.01", "127.0.0.08", "1.2.3.4.5",
        "256.1.1.1", "1.256.1", "1.2.65535", "1.2.65536", "1.16777215", "1.16777216", "4294967295",
        "4294967296", "99999999999999999999999", "0", "00", "0.0.0.0", "255.255.255.255", "", ".",
        "1.", ".1", "1..2", "127.0.0.1.", "+1.2.3.4", "-1", "1.-2.3.4", "0x", "0x.1", "0xg", "1e3",
        "127.0.0.1/8", "127.0.0.1/x", "127.0.0.1:80", "１.2.3.4", "a.b.c.d", "localhost", "1.2.3.4a",
        "0x7f000001z", "1,2,3,4", "192.168.0.4", "08.0.0.1", "010.0.0.1",
    ]

    @Test("IPv4 is read as the C library reads it, in every notation", arguments: version4Texts)
    func version4(text: String) {
        #expect(IPAddress(text)?.bytes == Self.aton(text))
        #expect(IPAddress(strict: text)?.bytes == Self.pton(text, AF_INET))
    }

    private static let version6Texts = [
        "::", "::1", "1::", "1::2", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1::2::3", ":::", ":1", "1:", ":",
        "12345::", "g::", "+1::", "1::-2", "::ffff:127.0.0.1", "::127.0.0.1", "::ffff:7f00:1",
        "64:ff9b::169.254.169.254", "::1.2.3", "::1.2.3.4.5", "::01.2.3.4", "::1.2.3.256",
        "1.2.3.4::", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::0x1", "FE80::ABCD",
        "fe80::1%eth0", "[::1]", "::1/128", "::1 ", " ::1", "0:0:0:0:0:0:0:0", "0000:0::0000",
    ]

    @Test("IPv6 is read as the C library reads it", arguments: version6Texts)
    func version6(text: String) {
        #expect(IPAddress(text)?.bytes == Self.pton(text, AF_INET6))
    }

    @Test("the canonical text is the C library's, and libcurl leaves it as it is")
    func canonical() throws {
        for text in Self.version4Texts + Self.version6Texts {
            guard let address = IPAddress(text) else { continue }
            #expect(IPAddress("\(address)") == address, "\(text)")
            let host = address.isVersion6 ? "[\(address)]" : "\(address)"
            #expect(Self.curl(host) == host, "\(text)")
        }
        #expect(IPAddress("2001:DB8:0:0:1:0:0:1")?.description == "2001:db8::1:0:0:1")
        #expect(IPAddress("0:1:0:0:0:0:0:0")?.description == "0:1::")
        #expect(IPAddress("1:0:2:3:4:5:6:7")?.description == "1:0:2:3:4:5:6:7")
    }

    @Test("whatever libcurl takes for an IPv4 address is one here, and the same")
    func likeCurl() {
        for text in Self.version4Texts {
            // A URL that ends the host before the text is none of this host.
            guard !text.contains(where: { "/:".contains($0) }), let host = Self.curl(text),
                Self.pton(host, AF_INET) != nil
            else { continue }
            #expect(IPAddress(text)?.description == host, "\(text)")
        }
    }

    @Test("random texts are read as the C library reads them")
    func random() {
        var random = SeededRandom(seed: 20)
        let pieces = [
            "0", "1", "7", "9", "127", "255", "256", "0x", "f", ".", ".", ":", "::", "ffff",
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...12, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let expected = text.contains(":") ? Self.pton(text, AF_INET6) : Self.aton(text)
            #expect(IPAddress(text)?.bytes == expected, "\(text)")
        }
    }
}

@Suite("The scope of an address")
struct AddressScopeTests {
    @Test(
        "is that of the address in every spelling",
        arguments: [
            ("127.0.0.1", .loopback), ("127.1", .loopback), ("2130706433", .loopback),
            ("0x7f000001", .loopback), ("0177.0.0.1", .loopback), ("127.255.255.254", .loopback),
            ("::1", .loopback), ("::ffff:127.0.0.1", .loopback), ("::ffff:7f00:1", .loopback),
            ("::127.0.0.1", .loopback), ("::ffff:0:127.0.0.1", .loopback),
            ("64:ff9b::127.0.0.1", .loopback), ("2002:7f00:1::", .loopback),
            ("2001:0:1.2.3.4::80ff:fffe", .loopback), ("2001:0:7f00:1::", .loopback),
            ("2001:db8::5efe:127.0.0.1", .loopback), ("2001:db8::200:5efe:127.0.0.1", .loopback),
            ("169.254.169.254", .linkLocal), ("2852039166", .linkLocal),
            ("::ffff:169.254.169.254", .linkLocal), ("64:ff9b::a9fe:a9fe", .linkLocal),
            ("2002:a9fe:a9fe::1", .linkLocal), ("fe80::1", .linkLocal), ("febf::1", .linkLocal),
            ("fe80::5efe:10.0.0.1", .linkLocal), ("fd00:ec2::254", .linkLocal),
            ("100.100.100.200", .linkLocal), ("224.0.0.1", .multicast), ("ff02::1", .multicast),
            ("239.255.255.255", .multicast), ("::ffff:224.0.0.1", .multicast),
            ("255.255.255.255", .broadcast), ("0xffffffff", .broadcast), ("240.0.0.1", .reserved),
            ("0.0.0.0", .unspecified), ("0", .unspecified), ("0.1.2.3", .unspecified),
            ("::", .unspecified), ("::ffff:0.0.0.0", .unspecified), ("64:ff9b:1::1", .reserved),
            ("10.0.0.1", .private), ("172.31.255.255", .private), ("192.168.0.4", .private),
            ("100.64.0.1", .private), ("fd00::7", .private), ("::ffff:10.0.0.1", .private),
            ("64:ff9b::10.0.0.1", .private), ("172.32.0.1", .public), ("49.4.81.183", .public),
            ("128.0.0.1", .public), ("126.255.255.255", .public), ("2001:4860::1", .public),
            ("64:ff9b::8.8.8.8", .public), ("2002:808:808::", .public),
            ("2001:db8::5efe:10.0.0.1", .public),
        ] as [(String, AddressScope)]
    )
    func scope(text: String, scope: AddressScope) throws {
        let address = try #require(
            IPAddress(text.replacing("2001:0:1.2.3.4::", with: "2001:0:102:304::"))
        )
        #expect(address.scope == scope)
    }

    @Test(
        "a network needs an address without bits after the prefix",
        arguments: [
            ("127.0.0.0/8", true), ("0.0.0.0/0", true), ("127.0.0.1/32", true), ("::1/128", true),
            ("fd00::/8", true), ("::/0", true), ("127.0.0.1/8", false), ("127.0.0.1", false),
            ("127.1/32", false), ("127.0.0.0/33", false), ("127.0.0.0/-1", false),
            ("127.0.0.0/+8", false), ("127.0.0.0/", false), ("/8", false), ("", false),
            ("::/129", false), ("fd00::1/8", false), ("127.0.0.0/8/8", false),
            ("127.0.0.0/255.0.0.0", false), ("localhost/8", false),
            ("127.0.0.0/99999999999999999999", false),
        ]
    )
    func networks(text: String, isNetwork: Bool) {
        #expect((IPNetwork(text) != nil) == isNetwork)
        #expect(IPNetwork(text)?.description ?? text == text)
    }

    @Test(
        "a network contains addresses of its family, and those that lead to one",
        arguments: [
            ("127.0.0.0/8", "127.255.0.1", true), ("127.0.0.0/8", "128.0.0.1", false),
            ("127.0.0.0/8", "::ffff:127.0.0.1", true), ("127.0.0.0/8", "64:ff9b::7f00:1", true),
            ("127.0.0.0/8", "::1", false), ("10.1.2.128/25", "10.1.2.129", true),
            ("10.1.2.128/25", "10.1.2.127", false), ("0.0.0.0/0", "49.4.81.183", true),
            ("0.0.0.0/0", "fd00::1", false), ("fd00::/8", "fdff::1", true),
            ("fd00::/8", "fe00::1", false), ("::/0", "10.0.0.1", false),
            ("127.0.0.0/8", "fe80::5efe:127.0.0.1", false),
            ("127.0.0.0/8", "2001:0:7f00:1::f5ff:fffe", false),
        ]
    )
    func contains(network: String, address: String, isInside: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == isInside)
    }
}

@Suite("The addresses of a graph")
struct GraphAddressTests {
    private static func outcome(
        _ address: String,
        _ configuration: DataPlaneConfiguration
    ) -> String {
        var graph = Graph(id: "g", name: "demo", status: GraphStatus(code: "200"))
        graph.privateIP = address
        do {
            return try configuration.endpoints(of: graph).map(\.description).joined(separator: " ")
        } catch {
            guard case .refusedAddress(_, let refusal) = error else { return error.reason }
            return switch refusal.reason {
            case .notAnAddress: "no address"
            case .scope(let scope): scope.rawValue
            case .plainHTTP: "plain http"
            }
        }
    }

    @Test(
        "get credentials only if they may be of a graph",
        arguments: [
            ("192.168.0.4", "http://192.168.0.4"), ("fd00::7", "http://[fd00::7]"),
            ("0300.0250.4", "http://192.168.0.4"), ("127.0.0.1", "loopback"),
            ("::ffff:127.0.0.1", "loopback"), ("169.254.169.254", "link-local"),
            ("255.255.255.255", "broadcast"), ("0", "unspecified"), ("224.0.0.1", "multicast"),
            ("240.0.0.1", "reserved"), ("49.4.81.183", "plain http"),
            ("2001:4860::1", "plain http"), ("127.0.0.1/x", "no address"),
            ("192.168.0.4/x", "no address"), ("192.168.0.4:80", "no address"),
            ("192.168.0.4#", "no address"), ("u@192.168.0.4", "no address"),
            ("graph.example.com", "no address"), ("localhost", "no address"),
            ("[fd00::7]", "no address"), ("fe80::1%1", "no address"), ("1.2.3", "plain http"),
        ]
    )
    func plain(address: String, outcome: String) {
        #expect(Self.outcome(address, DataPlaneConfiguration()) == outcome)
    }

    @Test("public ones get credentials over HTTPS, or if the configuration says so")
    func publicAddresses() {
        let https = DataPlaneConfiguration(scheme: .https)
        #expect(Self.outcome("49.4.81.183", https) == "https://49.4.81.183")
        #expect(Self.outcome("127.0.0.1", https) == "loopback")
        let insecure = DataPlaneConfiguration(isInsecure: true)
        #expect(Self.outcome("49.4.81.183", insecure) == "http://49.4.81.183")
        #expect(Self.outcome("127.0.0.1", insecure) == "loopback")
    }

    @Test("of an allowed network get credentials, in every spelling; names never do")
    func allowed() throws {
        let loopback = DataPlaneConfiguration(
            allowedNetworks: [
                try #require(IPNetwork("127.0.0.0/8")), try #require(IPNetwork("0.0.0.0/0")),
            ]
        )
        #expect(Self.outcome("127.0.0.1", loopback) == "http://127.0.0.1")
        #expect(Self.outcome("2130706433", loopback) == "http://127.0.0.1")
        #expect(Self.outcome("::ffff:127.0.0.1", loopback) == "http://[::ffff:7f00:1]")
        #expect(Self.outcome("169.254.169.254", loopback) == "http://169.254.169.254")
        #expect(Self.outcome("::1", loopback) == "loopback")
        #expect(Self.outcome("localhost", loopback) == "no address")
        #expect(Self.outcome("49.4.81.183", loopback) == "plain http")
    }

    @Test("that are refused are left out if others remain")
    func several() throws {
        var graph = Graph(id: "g", name: "demo", status: GraphStatus(code: "200"))
        graph.trafficIPs = ["127.0.0.1", "192.168.0.5", "name", "192.168.0.6"]
        let configuration = DataPlaneConfiguration(address: .physical)
        let endpoints = try configuration.endpoints(of: graph).map(\.description)
        #expect(endpoints == ["http://192.168.0.5", "http://192.168.0.6"])
        graph.trafficIPs = ["127.0.0.1", "name"]
        #expect(configuration.refusal(of: graph)?.contains("\"127.0.0.1\" is a loopback") == true)
        graph.trafficIPs = []
        #expect(configuration.refusal(of: graph) == nil)
    }

    @Test("that are refused get no request, which says nothing about the graph")
    func noRequest() async throws {
        let cloud = ScriptedCloud(answers: [.json("{}")])
        var graph = Graph(id: "g", name: "demo", status: GraphStatus(code: "200"))
        graph.privateIP = "127.0.0.1"
        let client = try ClientFixture(cloud).client
        let result = await client.probe(.version, of: graph, dataPlane: DataPlaneConfiguration())
        #expect(result == .cannotTell(.path, ProbeAnswer(duration: nil, text: "refused_address")))
        await #expect(throws: GESError.self) {
            try await client.runningTasks(of: graph, dataPlane: DataPlaneConfiguration())
        }
        #expect(cloud.received.isEmpty)
    }
}

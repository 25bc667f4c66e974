import Foundation
import Listener
import TestSupport
import Testing

private let openssl = "/usr/bin/openssl"
private let hasOpenSSL = FileManager.default.isExecutableFile(atPath: openssl)

/// Certificates created for one test and deleted with it.
private final class CertificateFolder {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try makeAuthority("ca")
        try makeAuthority("other-ca")
        try makeLeaf("server", signedBy: "ca")
        try makeLeaf("client", signedBy: "ca")
        try makeLeaf("stranger", signedBy: "other-ca")
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String {
        folder.appending(path: name).path
    }

    private func makeAuthority(_ name: String) throws {
        try run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name)"
                + " -keyout \(path(name + ".key")) -out \(path(name + ".pem"))"
        )
    }

    func makeLeaf(
        _ name: String,
        signedBy authority: String,
        key: String = "ec -pkeyopt ec_paramgen_curve:P-256"
    ) throws {
        try run(
            "req -newkey \(key) -nodes -subj /CN=localhost"
                + " -keyout \(path(name + ".key")) -out \(path(name + ".csr"))"
        )
        try run(
            "x509 -req -in \(path(name + ".csr")) -days 1 -CA \(path(authority + ".pem"))"
                + " -CAkey \(path(authority + ".key")) -CAcreateserial -out \(path(name + ".pem"))"
        )
    }

    private func run(_ arguments: String) throws {
        let (status, _) = try runOpenSSL(arguments, input: "")
        try #require(status == 0)
    }

    func configuration() -> ServerTLSConfiguration {
        ServerTLSConfiguration(
            certificates: .file(path("server.pem")),
            privateKey: .file(path("server.key"))
        )
    }
}

/// Runs openssl; its input stays open until it has printed something or exited.
private func runOpenSSL(_ arguments: String, input: String) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(filePath: openssl)
    process.arguments = arguments.split(separator: " ").map(String.init)
    let (standardInput, output) = (Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    // A client whose handshake fails reads nothing.
    try? standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    try? standardInput.fileHandleForWriting.close()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
}

/// The response to a request over TLS; empty if the handshake fails.
private func answer(
    _ configuration: ServerTLSConfiguration,
    client: String,
    whileServing body: @Sendable (HTTPServer) throws -> Void = { _ in }
) async throws -> String {
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: .patient,
        tls: try ServerTLS(configuration),
        router: Router(standardRoutes)
    ) { server in
        try body(server)
        let arguments = "s_client -quiet -connect 127.0.0.1:\(server.port) \(client)"
        return try await onThread {
            try runOpenSSL(arguments, input: get("/hello", "Connection: close")).1
        }
    }
}

@Test("HTTPS answers like HTTP, with TLS 1.3 and 1.2", .enabled(if: hasOpenSSL))
func https() async throws {
    let files = try CertificateFolder()
    let authority = "-verify_return_error -CAfile \(files.path("ca.pem"))"
    for version in ["-tls1_3", "-tls1_2"] {
        let text = try await answer(files.configuration(), client: authority + " " + version)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text.hasSuffix("\r\n\r\nhello\n"))
    }
}

@Test(
    "no version below the minimum and no other suite or curve is negotiated",
    .enabled(if: hasOpenSSL)
)
func refusedVersions() async throws {
    let files = try CertificateFolder()
    let old = "-tls1_1 -cipher ALL:@SECLEVEL=0"
    #expect(try await answer(files.configuration(), client: old) == "")
    var strict = files.configuration()
    strict.minimumVersion = .v13
    #expect(try await answer(strict, client: "-tls1_2") == "")
    var narrow = files.configuration()
    narrow.cipherSuites = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]
    var curved = files.configuration()
    curved.curves = ["CurveP384"]
    #expect(try await answer(curved, client: "-curves X25519") == "")
    #expect(try await answer(curved, client: "-curves P-384").hasSuffix("hello\n"))
    let suite = "-tls1_2 -cipher ECDHE-ECDSA-AES"
    #expect(try await answer(narrow, client: suite + "128-GCM-SHA256") == "")
    #expect(try await answer(narrow, client: suite + "256-GCM-SHA384").hasSuffix("hello\n"))
}

@Test(
    "by default only suites with forward secrecy and authenticated encryption are negotiated",
    .enabled(if: hasOpenSSL),
    arguments: ["RSA", "ECDSA"]
)
func defaultSuites(key: String) async throws {
    let files = try CertificateFolder()
    var configuration = files.configuration()
    if key == "RSA" {
        try files.makeLeaf("rsa", signedBy: "ca", key: "rsa:2048")
        configuration.certificates = .file(files.path("rsa.pem"))
        configuration.privateKey = .file(files.path("rsa.key"))
    }
    let good = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"]
        .map { "ECDHE-\(key)-\($0)" }
    let bad = [
        "AES128-SHA", "AES256-SHA", "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256",
        "ECDHE-\(key)-AES128-SHA", "ECDHE-\(key)-AES256-SHA", "ECDHE-\(key)-AES128-SHA256",
        "ECDHE-\(key)-AES256-SHA384",
    ]
    for suite in good + bad {
        let text = try await answer(
            configuration,
            client: "-tls1_2 -cipher \(suite):@SECLEVEL=0"
        )
        #expect(text.hasSuffix("hello\n") == good.contains(suite), "\(suite)")
    }
}

@Test("certificates of clients are verified as configured", .enabled(if: hasOpenSSL))
func clientCertificates() async throws {
    let files = try CertificateFolder()
    let cases: [(ServerTLSConfiguration.ClientAuthentication, client: String?, isAnswered: Bool)] =
        [
            (.verifyIfGiven, nil, true), (.verifyIfGiven, "client", true),
            (.verifyIfGiven, "stranger", false), (.requireAndVerify, nil, false),
            (.requireAndVerify, "client", true), (.requireAndVerify, "stranger", false),
        ]
    for (policy, name, isAnswered) in cases {
        var configuration = files.configuration()
        configuration.clientAuthentication = policy
        configuration.clientAuthorities = .file(files.path("ca.pem"))
        let own =
            name.map { "-cert \(files.path($0 + ".pem")) -key \(files.path($0 + ".key"))" } ?? ""
        let text = try await answer(configuration, client: own)
        #expect(text.hasSuffix("hello\n") == isAnswered, "\(policy) \(name ?? "nobody")")
    }
}

@Test("a certificate may be replaced while the server runs", .enabled(if: hasOpenSSL))
func replacedCertificate() async throws {
    let files = try CertificateFolder()
    let before = ServerTLSConfiguration(
        certificates: .file(files.path("stranger.pem")),
        privateKey: .file(files.path("stranger.key"))
    )
    let after = try ServerTLS(files.configuration())
    let client = "-verify_return_error -CAfile \(files.path("ca.pem"))"
    #expect(try await answer(before, client: client) == "")
    let text = try await answer(before, client: client) { $0.replaceTLS(with: after) }
    #expect(text.hasSuffix("hello\n"))
    let day = 86_400.0
    let expiry = Double(after.expirySeconds) - Date.now.timeIntervalSince1970
    #expect(abs(expiry - day) < 600)
}

@Test(
    "non-TLS clients are closed, and a stuck client does not delay a stop",
    .enabled(if: hasOpenSSL)
)
func notTLS() async throws {
    let files = try CertificateFolder()
    let tls = try ServerTLS(files.configuration())
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: .patient,
        tls: tls,
        router: Router(standardRoutes)
    ) { server in
        let port = server.port
        let silent = try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/hello"))
            #expect(client.readToEnd()?.contains("hello") != true)
            let silent = try RawClient(port: port)
            silent.send([0x16, 0x03, 0x01])
            return silent.detach()
        }
        try await eventually("only the stuck client is left") {
            server.statistics.openConnections == 1
        }
        await server.stop(within: .milliseconds(100))
        #expect(server.statistics.openConnections == 0)
        silent.close()
    }
}

/// Serves TLS with room for few unfinished handshakes.
private func withTLSServer(
    stallTime: Duration,
    _ body: @Sendable (HTTPServer) async throws -> Void
) async throws {
    var limits = HTTPServerConfiguration.patient
    limits.maximumHandshakes = 3
    limits.maximumHandshakesPerAddress = 2
    limits.stallTime = stallTime
    let files = try CertificateFolder()
    let tls = try ServerTLS(files.configuration())
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: limits,
        tls: tls,
        router: Router(standardRoutes),
        body
    )
}

@Test(
    "an address has few unfinished handshakes; finished ones do not count",
    .enabled(if: hasOpenSSL)
)
func handshakesOfAddress() async throws {
    try await withTLSServer(stallTime: waitLimit * 2) { server in
        let port = server.port
        let arguments = "s_client -quiet -connect 127.0.0.1:\(port)"
        // Each answer ends a handshake, so none is in the way of the next.
        for _ in 0..<4 {
            let text = try await onThread {
                try runOpenSSL(arguments, input: get("/hello", "Connection: close")).1
            }
            #expect(text.hasSuffix("hello\n"))
        }
        try await eventually("all have left") { server.statistics.openConnections == 0 }
        #expect(server.statistics.handshakes == 0)
        let silent = try await onThread {
            let silent = try (0..<2).map { _ in try RawClient(port: port) }
            silent[0].send([0x16, 0x03, 0x01])
            return silent.map { $0.detach() }
        }
        try await eventually("two wait") { server.statistics.handshakes == 2 }
        try await onThread {
            let third = try RawClient(port: port)
            #expect(third.isClosed())
        }
        #expect(server.statistics.evictions == [.addressLimit: 1])
        for client in silent { client.close() }
        try await eventually("none waits") { server.statistics.handshakes == 0 }
    }
}

@Test("handshakes that do not go on give way to others", .enabled(if: hasOpenSSL))
func stalledHandshakes() async throws {
    try await withTLSServer(stallTime: .milliseconds(1)) { server in
        let port = server.port
        let silent = try await onThread {
            try (0..<20).map { _ in try RawClient(port: port).detach() }
        }
        let arguments = "s_client -quiet -connect 127.0.0.1:\(port)"
        let text = try await onThread {
            try runOpenSSL(arguments, input: get("/hello", "Connection: close")).1
        }
        #expect(text.hasSuffix("hello\n"))
        #expect(server.statistics.handshakes <= 2)
        for client in silent { client.close() }
    }
}

@Test(
    "an unusable TLS configuration is refused with the reason and the file",
    .enabled(if: hasOpenSSL)
)
func badTLS() throws {
    let files = try CertificateFolder()
    let good = files.configuration()
    func error(_ change: (inout ServerTLSConfiguration) -> Void) -> ServerTLSError? {
        var configuration = good
        change(&configuration)
        return #expect(throws: ServerTLSError.self) { try ServerTLS(configuration) }
    }
    #expect(
        error { $0.certificates = .file("/nowhere") }
            == .unreadable(what: "the certificate", file: "/nowhere")
    )
    #expect(
        error { $0.certificates = .text("x") } == .unreadable(what: "the certificate", file: nil)
    )
    let key = files.path("server.csr")
    #expect(
        error { $0.privateKey = .file(key) } == .unreadable(what: "the private key", file: key)
    )
    #expect(error { $0.privateKey = .file(files.path("client.key")) } == .keyDoesNotFit)
    #expect(error { $0.cipherSuites = ["NULL"] } == .unknownCipherSuite("NULL"))
    #expect(error { $0.curves = ["CurveP256", "P256"] } == .unknownCurve("P256"))
    #expect(error { $0.clientAuthentication = .verifyIfGiven } == .clientAuthoritiesMissing)
    #expect(
        error { $0.clientAuthorities = .file(files.path("ca.pem")) } == .clientAuthoritiesWithoutUse
    )
    #expect(
        error {
            $0.minimumVersion = .v13
            $0.maximumVersion = .v12
        } == .versionsReversed
    )
}

import Foundation
import Glibc
import HTTPClient
import Testing

/// Uses `openssl s_server` with certificates created for the test.
@Suite struct TLSTests {
    @Test("a certificate of an unknown authority is refused before anything is sent")
    func unknownAuthority()
        async throws
    {
        try await Self.withTLSServer(name: "IP:127.0.0.1") { url, _ in
            let client = try HTTPClient()
            defer { client.shutdown() }
            let error = try await client.failure(HTTPRequest(.post, url: url, timeout: patience))
            #expect(error.kind == .tls)
            #expect(!error.requestMayHaveBeenSent)
        }
    }

    @Test("a certificate signed by the CA file is accepted")
    func knownAuthority() async throws {
        try await Self.withTLSServer(name: "IP:127.0.0.1") { url, certificate in
            let client = try HTTPClient(configuration: .init(caFile: certificate))
            defer { client.shutdown() }
            let response = try await client.send(HTTPRequest(url: url, timeout: patience))
            #expect(response.status == 200)
        }
    }

    /// By the key that `openssl` itself prints.
    @Test(
        "a pinned key replaces verification, and any other key is refused before anything is sent"
    )
    func pinnedKey() async throws {
        try await Self.withTLSServer(name: "DNS:elsewhere.example") { url, certificate in
            let right = try Self.keyHash(certificate)
            let wrong = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            for (key, verifies, isAccepted) in [
                (right, false, true), (wrong, false, false), (right, true, false),
            ] {
                var configuration = HTTPClientConfiguration()
                configuration.verifiesServer = verifies
                configuration.pinnedPublicKey = key
                let client = try HTTPClient(configuration: configuration)
                defer { client.shutdown() }
                // Twice: a connection that failed must not be used again.
                for _ in 0..<2 {
                    let request = HTTPRequest(url: url, timeout: patience)
                    if isAccepted {
                        #expect(try await client.send(request).status == 200)
                    } else {
                        let error = try await client.failure(request)
                        #expect(error.kind == .tls)
                        #expect(!error.requestMayHaveBeenSent)
                    }
                }
            }
        }
    }

    private static func keyHash(_ certificate: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            "openssl x509 -in \(certificate) -noout -pubkey | openssl pkey -pubin -outform DER"
                + " | openssl dgst -sha256 -binary | openssl base64 -A",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let hash = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: hash, as: UTF8.self)
    }

    @Test("a certificate for another name is refused")
    func otherName() async throws {
        try await Self.withTLSServer(name: "DNS:elsewhere.example") { url, certificate in
            let client = try HTTPClient(configuration: .init(caFile: certificate))
            defer { client.shutdown() }
            let error = try await client.failure(HTTPRequest(.post, url: url, timeout: patience))
            #expect(error.kind == .tls)
            #expect(!error.requestMayHaveBeenSent)
        }
    }

    /// In a separate process whose OpenSSL is configured to allow TLS 1.1, which Debian's does not
    /// by default.
    @Test("TLS 1.1 is refused, whatever OpenSSL is configured to do")
    func oldVersion() async {
        await #expect(processExitsWith: .success) {
            try await TLSTests.refuseOldTLS()
        }
    }

    private static func refuseOldTLS() async throws {
        let configuration = FileManager.default.temporaryDirectory
            .appendingPathComponent("openssl-\(UUID().uuidString).cnf")
        try Data(lenientOpenSSL.utf8).write(to: configuration)
        defer { try? FileManager.default.removeItem(at: configuration) }
        unsafe setenv("OPENSSL_CONF", configuration.path, 1)
        try await withTLSServer(name: "IP:127.0.0.1", options: ["-tls1_1"]) { url, certificate in
            let client = try HTTPClient(configuration: .init(caFile: certificate))
            let error = try await client.failure(HTTPRequest(url: url, timeout: patience))
            precondition(error.kind == .tls)
        }
    }

    private static let lenientOpenSSL = """
        openssl_conf = everything
        [everything]
        ssl_conf = ssl
        [ssl]
        system_default = system
        [system]
        MinProtocol = TLSv1
        CipherString = DEFAULT@SECLEVEL=0
        [req]
        distinguished_name = name
        [name]

        """

    private static func withTLSServer(
        name: String,
        options: [String] = [],
        _ body: (_ url: String, _ certificate: String) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let key = directory.appendingPathComponent("key.pem").path
        let certificate = directory.appendingPathComponent("cert.pem").path
        let generator = try openssl(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-subj", "/CN=test", "-addext",
                "subjectAltName=\(name)", "-keyout", key, "-out", certificate,
            ])
        generator.process.waitUntilExit()
        try #require(generator.process.terminationStatus == 0)

        let server = try openssl(
            ["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"]
                + options
        )
        // The child inherits the signal mask of a thread that blocks SIGTERM.
        defer { kill(server.process.processIdentifier, SIGKILL) }
        let port = try #require(announcedPort(server.output))
        try await body("https://127.0.0.1:\(port)/", certificate)
    }

    private static func openssl(
        _ arguments: [String]
    ) throws -> (process: Process, output: FileHandle) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output.fileHandleForReading)
    }

    /// `ACCEPT 127.0.0.1:43210`, which s_server prints when it listens.
    private static func announcedPort(_ output: FileHandle) -> Int? {
        var text = ""
        while case let bytes = output.availableData, !bytes.isEmpty {
            text += String(decoding: bytes, as: UTF8.self)
            if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT") }),
                text.hasSuffix("\n")
            {
                return line.split(separator: ":").last.flatMap { Int($0) }
            }
        }
        return nil
    }
}

import Foundation

/// A self-signed certificate for 127.0.0.1, created for one test.
enum Certificate {
    static func write(to folder: URL, name: String) async throws {
        let made = try await Program.run(
            URL(filePath: "/usr/bin/openssl"),
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", folder.appending(path: "\(name).key").path,
                "-out", folder.appending(path: "\(name).pem").path,
            ]
        )
        guard made.status == 0 else { throw Program.Failure(description: made.text) }
    }
}

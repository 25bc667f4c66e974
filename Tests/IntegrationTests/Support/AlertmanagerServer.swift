import Foundation
import HTTPClient
import JSON
import TestSupport
import Testing

/// Debian's Alertmanager with one receiver.
struct AlertmanagerServer: Sendable {
    let program: Program
    let url: String
    private let scratch: Scratch
    private let http: HTTPClient

    /// With the agent as its receiver.
    static func start(
        sendingTo agent: String,
        token: String = AgentSetup.webhookToken
    ) async throws -> AlertmanagerServer {
        try await start(receiver: agent + "/api/v1/alertmanager", token: token, repeats: "2s")
    }

    /// - Parameters:
    ///   - repeats: how often the receiver is told again of the same alerts.
    ///   - isSecured: whether it serves HTTPS and asks for `credentials`.
    static func start(
        receiver: String,
        token: String,
        repeats: String,
        isSecured: Bool = false
    ) async throws -> AlertmanagerServer {
        let configuration = """
            route:
              receiver: graphwarden
              group_by: ['...']
              group_wait: 100ms
              group_interval: 2s
              repeat_interval: \(repeats)
            receivers:
              - name: graphwarden
                webhook_configs:
                  - url: \(receiver)
                    send_resolved: true
                    http_config:
                      authorization: {credentials_file: token}
            """
        return try await start(configuration: configuration, token: token, isSecured: isSecured)
    }

    /// - Parameter token: the content of the file `token`.
    static func start(
        configuration: String,
        token: String,
        isSecured: Bool = false
    ) async throws -> AlertmanagerServer {
        let scratch = try Scratch()
        try scratch.write(token, to: "token")
        // The path where the program from `packaging/dependencies` looks for its templates.
        try FileManager.default.createSymbolicLink(
            at: scratch.folder.appending(path: "templates"),
            withDestinationURL: Program.root.appending(
                path: ".build/debian/usr/share/prometheus/alertmanager"
            )
        )
        try scratch.write(configuration, to: "alertmanager.yml")
        if isSecured { try await secure(scratch) }
        let port = try await FreePort.find()
        let program = try Program(
            try Program.debian("prometheus-alertmanager"),
            [
                "--config.file=alertmanager.yml", "--storage.path=data",
                "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
                "--log.level=debug",
            ] + (isSecured ? ["--web.config.file=web.yml"] : []),
            in: scratch.folder
        )
        let server = AlertmanagerServer(
            program: program,
            url: "\(isSecured ? "https" : "http")://127.0.0.1:\(port)",
            scratch: scratch,
            http: try HTTPClient(
                configuration: HTTPClientConfiguration(
                    caFile: isSecured ? scratch.folder.appending(path: "am.pem").path : nil
                )
            )
        )
        try await eventually("Alertmanager is ready") {
            let answer = try? await server.http.send(HTTPRequest(url: server.url + "/-/ready"))
            return answer?.status == (isSecured ? 401 : 200)
        } lastSeen: {
            program.text
        }
        return server
    }

    /// The user and the password of a secured server.
    static let credentials = ("graphwarden", "secret")

    private static func secure(_ scratch: Scratch) async throws {
        try await Certificate.write(to: scratch.folder, name: "am")
        try scratch.write(
            """
            tls_server_config: {cert_file: am.pem, key_file: am.key}
            basic_auth_users:
              \(credentials.0): $2b$04$ncGmuiQnNZu0IPyA65GnjOzG9W5jKKrjvctnpvMEeBQcKMBFxW396
            """,
            to: "web.yml"
        )
    }

    /// The certificate authority of a secured server.
    var caFile: String { scratch.folder.appending(path: "am.pem").path }

    /// Sends an alert to Alertmanager like Prometheus does.
    func post(_ alert: TestAlert) async throws {
        let answer = try await http.send(alert.request(to: url + "/api/v2/alerts", token: nil))
        try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    }

    /// Active alerts by name.
    func activeAlerts() async throws -> [String: JSONValue] {
        let answer = try await http.send(HTTPRequest(url: url + "/api/v2/alerts?active=true"))
        let list = try JSONValue.parse(answer.body).arrayValue ?? []
        return Dictionary(
            list.map { ($0["labels"]?["alertname"]?.stringValue ?? "", $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Runs amtool against this server; returns what it prints.
    func amtool(_ arguments: [String]) async throws -> String {
        let (status, text) = try await Program.run(
            try Program.debian("amtool"),
            arguments + ["--alertmanager.url=\(url)"]
        )
        try #require(status == 0, "\(text)")
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func stop() {
        program.signal(SIGTERM)
        http.shutdown()
        scratch.remove()
    }
}

/// An alert about one graph, in Prometheus' format.
struct TestAlert: Sendable {
    var name = "GraphHung"
    var graph: String
    var hang = "unresponsive"
    var startsAt = Date.now
    var endsAt = Date.now.addingTimeInterval(3600)

    private var object: JSONValue {
        [
            "labels": [
                "alertname": .string(name), "graph_id": .string(graph),
                "remediate": "restart", "hang": .string(hang),
            ],
            "annotations": ["summary": "it hangs"],
            "startsAt": .string(startsAt.ISO8601Format()),
            "endsAt": .string(endsAt.ISO8601Format()),
            "generatorURL": "http://localhost/graph",
        ]
    }

    var list: [UInt8] {
        get throws { try JSONValue.array([object]).serialized() }
    }

    /// The firing alert in the webhook's format.
    var webhook: [UInt8] {
        get throws {
            var members = object.objectValue ?? []
            members.append(JSONMember("status", "firing"))
            members.append(JSONMember("fingerprint", .string("forged-\(name)-\(hang)")))
            let body: JSONValue = ["version": "4", "alerts": [.object(members)]]
            return try body.serialized()
        }
    }

    func request(to url: String, token: String?) throws -> HTTPRequest {
        try Self.request(list, to: url, token: token)
    }

    static func request(_ body: [UInt8], to url: String, token: String?) -> HTTPRequest {
        var headers = [HTTPHeader("Content-Type", "application/json")]
        if let token { headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        return HTTPRequest(.post, url: url, headers: headers, body: body)
    }
}

import Foundation
import Synchronization

/// Clients that try to keep an agent from its work, all at once, until `end`.
package final class Attack: Sendable {
    private let port: Int
    private let plan: AttackPlan
    /// The field `Authorization` with the right password: an attacker may be a user.
    private let authorization: String
    private let isOver = Mutex(false)
    private let counts = Mutex<[String: Int]>([:])
    private let running = Mutex(0)

    package init(port: Int, plan: AttackPlan, user: String, password: String) {
        self.port = port
        self.plan = plan
        authorization = Self.authorization(user, password)
    }

    package static func authorization(_ user: String, _ password: String) -> String {
        "Authorization: Basic " + Data("\(user):\(password)".utf8).base64EncodedString() + "\r\n"
    }

    /// How often each kind did what it does.
    package var summary: String {
        counts.withLock { $0 }.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            .joined(separator: ", ")
    }

    package func start() {
        crowd()
        attackers(plan.passwordGuessers, guess)
        attackers(plan.unfinishedBodies, leaveBodyUnfinished)
        attackers(plan.unreadAnswers, leaveAnswerUnread)
        attackers(plan.unreadScrapes, leaveScrapesUnread)
        attackers(plan.headFloods, floodHead)
        attackers(plan.pipelines, pipeline)
        attackers(plan.expensiveQueries, query)
        attackers(plan.hugeAlerts, sendHugeAlert)
        attackers(plan.noise, makeNoise)
    }

    /// Returns once every attacker has stopped.
    package func end() async {
        isOver.withLock { $0 = true }
        while running.withLock(\.self) > 0 { try? await Task.sleep(for: .milliseconds(20)) }
    }

    private var goesOn: Bool { isOver.withLock { !$0 } }

    private func count(_ what: String) {
        counts.withLock { $0[what, default: 0] += 1 }
    }

    /// Attackers are on other machines in reality: they leave the processors to the agent.
    private func attackers(_ count: Int, _ attack: @escaping @Sendable (Int) -> Void) {
        for number in 0..<count {
            running.withLock { $0 += 1 }
            let thread = Thread { [self] in
                setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15)
                while goesOn { attack(number) }
                running.withLock { $0 -= 1 }
            }
            thread.stackSize = 256 << 10
            thread.start()
        }
    }

    // MARK: Kinds

    /// One thread that keeps all idle connections open, and opens those again that were closed.
    private func crowd() {
        let heads = [
            "", "GET /metrics HTTP/1.1\r\nHo", "GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        ]
        let plan = plan
        attackers(min(1, plan.idleConnections)) { [self] _ in
            var sockets: [PlainSocket] = []
            while goesOn {
                sockets.removeAll { $0.isClosed }
                while sockets.count < plan.idleConnections, goesOn {
                    guard let socket = PlainSocket(port: port, timeoutSeconds: 1) else { break }
                    socket.send(heads[sockets.count % heads.count])
                    sockets.append(socket)
                    count("idle connections")
                }
                usleep(200_000)
            }
        }
    }

    private func guess(_ number: Int) {
        guard let socket = PlainSocket(port: port) else { return pause() }
        let password = "wrong-\(number)-\(UInt32.random(in: 0...UInt32.max))"
        let field = Self.authorization("scraper", password)
        socket.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
        if socket.response()?.status == 401 { count("wrong passwords") }
    }

    private func leaveBodyUnfinished(_ number: Int) {
        guard let socket = PlainSocket(port: port) else { return pause() }
        let path = number.isMultiple(of: 2) ? "/api/v1/alertmanager" : "/api/v1/query"
        socket.send(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(4 << 20)\r\n\r\n"
        )
        socket.send([UInt8](repeating: 0x20, count: (4 << 20) - 1))
        count("unfinished bodies")
        wait(for: socket)
    }

    private func leaveAnswerUnread(_ number: Int) {
        guard let socket = PlainSocket(port: port, receiveBuffer: 4096) else { return pause() }
        let range = "start=0&end=1100000&step=100"
        let query = "label_replace(vector(1)%2C%22a%22%2C%22\(Self.long)%22%2C%22%22%2C%22%22)"
        socket.send(
            "GET /api/v1/query_range?query=\(query)&\(range) HTTP/1.1\r\nHost: a\r\n"
                + authorization + "\r\n"
        )
        count("unread answers")
        wait(for: socket)
    }

    private func leaveScrapesUnread(_ number: Int) {
        guard let socket = PlainSocket(port: port, receiveBuffer: 4096) else { return pause() }
        let request = "GET /metrics HTTP/1.1\r\nHost: a\r\n\(authorization)\r\n"
        // More than fits into the buffers of the kernel.
        socket.send(String(repeating: request, count: 50))
        count("unread scrapes")
        wait(for: socket)
    }

    private func floodHead(_ number: Int) {
        guard let socket = PlainSocket(port: port) else { return pause() }
        socket.send("GET /metrics HTTP/1.1\r\nHost: a\r\n")
        count("head floods")
        if number.isMultiple(of: 2) {
            socket.send(String(repeating: "a:\r\n", count: 15_000))
            _ = socket.response()
        } else {
            socket.send("a: " + String(repeating: "x", count: 60_000))
            wait(for: socket)
        }
    }

    private func pipeline(_ number: Int) {
        guard let socket = PlainSocket(port: port) else { return pause() }
        let password = "wrong-\(number)-\(UInt32.random(in: 0...UInt32.max))"
        let field = Self.authorization("scraper", password)
        let rest = String(repeating: "GET / HTTP/1.0\r\n\r\n", count: 5_000)
        socket.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\(field)\r\n" + rest)
        count("pipelines")
        _ = socket.response()
    }

    private static let long = String(repeating: "x", count: 4000)

    private func query(_ number: Int) {
        guard let socket = PlainSocket(port: port) else { return pause() }
        let query = "max_over_time(vector(1)%5B10m:1ms%5D)"
        socket.send(
            "GET /api/v1/query_range?query=\(query)&start=0&end=300&step=1 HTTP/1.1\r\nHost: a\r\n"
                + authorization + "\r\n"
        )
        count("expensive queries")
        // Every other one leaves before its answer.
        if number.isMultiple(of: 2) { _ = socket.response() } else { pause() }
    }

    private func sendHugeAlert(_ number: Int) {
        let labels = (0..<(number.isMultiple(of: 2) ? 20_000 : 100_000)).map { "\"l\($0)\":\"x\"" }
        let body =
            "[{\"labels\":{\"alertname\":\"A\",\(labels.joined(separator: ","))},"
            + "\"startsAt\":\"2025-01-01T00:00:00Z\"}]"
        guard let socket = PlainSocket(port: port) else { return pause() }
        socket.send(
            "POST /api/v2/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\(authorization)\r\n" + body
        )
        _ = socket.response()
        count("huge alerts")
    }

    private func makeNoise(_ number: Int) {
        guard let socket = PlainSocket(port: port) else { return pause() }
        let bytes = (0..<2000).map { _ in UInt8.random(in: 0...255) }
        socket.send(number.isMultiple(of: 2) ? bytes : Array("GET / HTTP/1.1\r\n\r\n".utf8))
        _ = socket.read()
        count("noises")
        usleep(5_000)
    }

    private func wait(for socket: PlainSocket) {
        while goesOn, !socket.isClosed { usleep(100_000) }
    }

    private func pause() {
        usleep(100_000)
    }
}

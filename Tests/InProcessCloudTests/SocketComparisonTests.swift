import GESSimulator
import Testing
import Time

/// The cloud with real sockets is the slow, obvious twin of the in-process cloud.
@Suite("The in-process cloud answers like the one with sockets", .serialized)
struct SocketComparisonTests {
    private func compare(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
        questions: [Conversation.Question] = Conversation.Question.allCases,
        _ prepare: @escaping @Sendable (inout SimulatedCloud, String, Timestamp) -> Void
    ) async throws -> [String] {
        let conversation = Conversation(
            configuration: configuration,
            prepare: prepare,
            questions: questions
        )
        let simulated = try conversation.inProcess()
        let real = try await conversation.overSockets(answeredInProcess: simulated)
        for (real, simulated) in zip(real, simulated) {
            let same = zip(real, simulated).prefix { $0 == $1 }.count
            #expect(
                simulated == real,
                "after \(same): \(simulated.dropFirst(same).prefix(80)), not \(real.dropFirst(same).prefix(80))"
            )
        }
        #expect(simulated.count == questions.count)
        return simulated
    }

    @Test("in a healthy cloud")
    func well() async throws {
        let answers = try await compare { _, _, _ in }
        #expect(answers.allSatisfy { $0.contains(": 200 ") || $0.contains(": 201 ") })
    }

    @Test(
        "under every fault",
        arguments: [
            Fault.late(.milliseconds(20)), .hang, .drop, .cut(afterBytes: 0), .cut(afterBytes: 40),
            .cut(afterBytes: 1_000_000), .drip(bytesPerSecond: 200_000), .drip(bytesPerSecond: 10),
            .error(ServiceError(status: 503, code: "GES.9999", message: "no")),
            .throttled(nil), .throttled(.seconds(7)), .throttled(.date(after: .seconds(9))),
            .html(status: 200), .html(status: 502), .emptyBody(status: 200), .garbage(status: 200),
            .redirect(to: "http://127.0.0.1:1/elsewhere"), .quoting(status: 401),
            .errorInSuccess(ServiceError(status: 400, code: "GES.7016", message: "no")),
            .emptyObject, .truncated, .looseTypes, .wrongTypes, .nulls, .padded(bytes: 5000),
            .gzipBomb(bytes: 3000), .gzipBomb(bytes: 20 << 20), .wrongClock(by: .seconds(-400)),
            .shiftedPage(by: -2), .wrongTotal(9), .restart(.jobLost),
            .tokenDiesAfter(.seconds(1)), .tokensRevoked,
        ]
    )
    func faults(_ fault: Fault) async throws {
        // Each unanswered request takes real time.
        let isSlow = [.hang, .drip(bytesPerSecond: 10)].contains(fault)
        let questions: [Conversation.Question] =
            isSlow ? [.restart] : Conversation.Question.allCases
        let answers = try await compare(questions: questions) { cloud, _, _ in
            cloud.faults.schedule(ScheduledFault(fault))
        }
        let undisturbed = try Conversation(
            configuration: SimulatorConfiguration(),
            prepare: { _, _, _ in },
            questions: questions
        ).inProcess()
        let altersNothingHere: Set<Fault> = [
            .late(.milliseconds(20)), .drip(bytesPerSecond: 200_000), .cut(afterBytes: 1_000_000),
            .restart(.jobLost), .tokenDiesAfter(.seconds(1)),
        ]
        #expect((answers == undisturbed) == altersNothingHere.contains(fault))
    }

    @Test("in every kind of outage", arguments: Outage.Manner.allCases)
    func outages(_ manner: Outage.Manner) async throws {
        let answers = try await compare(questions: [.restart, .version]) { cloud, _, _ in
            cloud.outage = Outage(manner)
        }
        let expected =
            switch manner {
            case .hang: "timeout true"
            case .drop: "cut true"
            case .refuse: "connect false"
            case .unavailable: "503 "
            }
        #expect(answers.allSatisfy { $0.contains(": " + expected) }, "\(answers)")
    }

    @Test(
        "whatever the manner of a graph",
        arguments: [
            DataPlaneManner.slow(.milliseconds(30)), .silent, .dropping,
            .failing(ServiceError(status: 500, code: "GES.8602", message: "engine")),
        ]
    )
    func manners(_ manner: DataPlaneManner) async throws {
        _ = try await compare(questions: [.detail, .version]) { cloud, id, _ in
            cloud.setManner(id, manner)
        }
    }

    @Test("in every hang and every status", arguments: HangKind.allCases)
    func hangs(_ hangClass: HangKind) async throws {
        _ = try await compare(questions: [.list, .version, .queries, .restart]) { cloud, id, now in
            cloud.hang(id, hangClass, at: now)
        }
        _ = try await compare(questions: [.list, .version, .restart]) { cloud, id, now in
            cloud.setStatus(id, .stopped, at: now)
        }
    }

    @Test("over TLS, with valid and invalid certificates", arguments: CertificateKind.allCases)
    func certificates(_ kind: CertificateKind) async throws {
        var configuration = SimulatorConfiguration()
        configuration.speaksTLS = true
        let answers = try await compare(configuration, questions: [.list, .version]) {
            cloud,
            _,
            _ in
            cloud.certificate = kind
        }
        #expect(answers.allSatisfy { $0.contains("tls false") } == (kind != .good), "\(answers)")
    }
}

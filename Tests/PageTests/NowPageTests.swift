import Coordination
import Testing
import Time

@testable import Cycle
@testable import Page
@testable import Remediation

@Suite("The first page")
struct NowPageTests {
    private func record(_ id: String, _ phase: Phase) -> GraphRecord {
        var record = GraphRecord(id: GraphID(id))
        record.phase = phase
        return record
    }

    @Test("shows first what is restarted first, however many graphs there are")
    func countdowns() async throws {
        let agent = try BusyAgent()
        var status = agent.status
        for number in 0..<60 {
            let until = Site.now + .seconds(600 - number)
            let record = record(
                "g\(100 + number)",
                .countingDown(since: BusyAgent.start, until: until)
            )
            status.machine.records[record.id] = record
        }
        let page = try await Site(status).page("/")
        let names = page.links(from: "/").filter {
            $0.hasPrefix("/graphs/g") && !$0.contains("/reject")
        }
        #expect(names.first == "/graphs/g159" && !names.contains("/graphs/g100"))
        #expect(page.text.contains("11 more graphs"))
    }

    @Test("counts restarts that are held, and shows notices last")
    func held() async throws {
        let agent = try BusyAgent()
        var status = agent.status
        status.troubles = []
        let (asking, well) = (GraphID("ask plain"), GraphID("well plain"))
        var incident = try #require(status.machine.incidents[asking])
        incident.heldSince = BusyAgent.start - .seconds(3_600)
        status.machine.incidents[well] = incident
        status.machine.decisions[well] = .hold([.jobListUnread("no answer")])
        let troubles = [
            Trouble("a", "A notice.", remedy: "wait"),
            Trouble("b", "An alarm.", remedy: "act", preventsReady: true),
        ]
        let page = try await Site(status, troubles: troubles).page("/")
        // The question, the held restart and two troubles.
        #expect(page.html.contains("<title>4 need you"))
        let order = ["An alarm.", "approval asked", "1 restart held", "A notice."].map { text in
            page.text.firstRange(of: text)?.lowerBound
        }
        #expect(!order.contains(nil))
        #expect(order.compactMap(\.self) == order.compactMap(\.self).sorted())
    }

    @Test("speaks of one thing in the singular")
    func singular() async throws {
        let agent = try BusyAgent()
        var status = agent.status
        let id = GraphID("ask plain")
        let restarted = try #require(status.machine.records[GraphID("auto plain")])
        var record = record(id.rawValue, .exhausted(since: Site.now))
        record.attempts = restarted.attempts
        status.machine.records = [id: record]
        status.troubles = []
        let page = try await Site(status).page("/")
        #expect(page.text.contains("1 restart did not help."))
        #expect(page.html.contains("<title>1 needs you"))
    }

    // MARK: Agents that share a fleet

    private func status(_ role: ClusterReading.Role, isObserving: Bool) throws -> Status {
        var status = try BusyAgent().status
        status.cluster = ClusterReading(
            role: role,
            others: [MemberReport(id: "b", name: "agent-<b>", policyHash: "other")],
            policyHash: "own"
        )
        status.view.isObserving = isObserving
        return status
    }

    @Test("tells who leads, and who decides otherwise")
    func leader() async throws {
        let roles: [(ClusterReading.Role, Bool, String)] = [
            (.leader(epoch: 1, until: .seconds(1)), false, "leader"),
            (.leader(epoch: 1, until: .seconds(1)), true, "observer; takes over the lead"),
            (.follower(leader: "agent-<b>"), true, "observer; agent-<b> leads"),
            (.none("etcd does not answer"), true, "no leader: etcd does not answer"),
        ]
        for (role, isObserving, text) in roles {
            let page = try await Site(try status(role, isObserving: isObserving)).page("/")
            #expect(page.text.contains(text))
            #expect(page.text.contains("another policy: agent-<b>"))
        }
        #expect(try await !Site(try BusyAgent().status).page("/").text.contains("leader"))
    }

    @Test("shows no button that an observer refuses")
    func observer() async throws {
        let site = Site(try status(.follower(leader: "agent-b"), isObserving: true))
        for target in ["/", "/approvals", "/graphs/ask%20plain"] {
            let links = try await site.page(target).links(from: target)
            let refused = links.filter { link in
                ["approve", "reject", "acknowledge", "restart"].contains {
                    link.hasSuffix("/" + $0)
                }
            }
            #expect(refused.isEmpty, "\(target)")
        }
        let graph = try await site.page("/graphs/ask%20plain").links(from: "/graphs/ask%20plain")
        #expect(graph.contains("/graphs/ask%20plain/pause"))
        let form = try await site.page("/graphs/ask%20plain/approve")
        #expect(form.text.contains("(observer; agent-b leads). Give it to the leader."))
        #expect(!form.elements.contains { $0.attributes["id"] == "reason" })
    }
}

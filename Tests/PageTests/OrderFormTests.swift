import API
import Diagnosis
import Listener
import Remediation
import Testing
import Time
import URI

@testable import Cycle
@testable import Page
@testable import Remediation

@Suite("Forms of orders")
struct OrderFormTests {
    private let agent: BusyAgent
    private let site: Site
    private var approve: String { "/graphs/ask%20plain/approve" }

    init() throws {
        agent = try BusyAgent()
        site = Site(agent.status)
    }

    /// The fields of the form of a page, with a reason.
    private func fields(_ page: Page) -> [FormEncoding.Item] {
        page.all("input").filter { $0.attributes["name"] != "q" }.compactMap { field in
            field.attributes["name"].map { FormEncoding.Item($0, field.attributes["value"] ?? "") }
        } + [FormEncoding.Item("reason", "on call")]
    }

    private func value(_ name: String, _ fields: [FormEncoding.Item]) -> String? {
        fields.last { $0.name == name }?.value
    }

    private func page(_ response: ServerResponse, _ target: String) throws -> Page {
        try Page(String(decoding: response.body, as: UTF8.self), of: target)
    }

    // MARK: Questions

    @Test("carry the question that they show, and the order does too")
    func question() async throws {
        site.receiver.answer(.success(.done("the restart begins")))
        let form = fields(try await site.page(approve))
        #expect(value("remedy", form) == "restart")
        let response = try await site.post(approve, form)
        #expect(response.status == 303)
        let id = GraphID("ask plain")
        let question = try #require(agent.status.machine.record(of: id).question)
        #expect(site.receiver.orders.map(\.kind) == [.approve(id, question)])
        #expect(site.receiver.orders.map(\.id) == [value("id", form)])
    }

    @Test("approve nothing that was not asked when they were shown", arguments: [true, false])
    func changedQuestion(isOtherRung: Bool) async throws {
        var status = agent.status
        let id = GraphID("ask plain")
        var record = status.machine.record(of: id)
        record.askedRemedy = isOtherRung ? "cancel/7" : nil
        if !isOtherRung {
            let since = BusyAgent.start + .seconds(1)
            record.phase = .awaitingApproval(since: since, expiresAt: since + .seconds(1))
        }
        status.machine.records[id] = record
        site.publish(status)
        let old = fields(try await site.page(approve))
        site.publish(agent.status)
        let response = try await site.post(approve, old)
        #expect(response.status == 409 && site.receiver.orders.isEmpty)
        let again = try page(response, approve)
        #expect(again.text.contains("The agent asks something else"))
        let form = fields(again)
        #expect(value("remedy", form) == "restart" && value("id", form) != value("id", old))
        // What was typed stays.
        #expect(again.text.contains("on call"))
        site.receiver.answer(.success(.done("the restart begins")))
        #expect(try await site.post(approve, form).status == 303)
    }

    @Test("are tied to their question by the token")
    func forgedQuestion() async throws {
        let form = fields(try await site.page(approve)).map { item in
            item.name == "remedy" ? FormEncoding.Item("remedy", "cancel/7") : item
        }
        #expect(try await site.post(approve, form).status == 403)
        #expect(site.receiver.orders.isEmpty)
    }

    @Test("are not shown where nothing is asked")
    func nothingAsked() async throws {
        let page = try await site.page("/graphs/well%20plain/approve")
        #expect(page.text.contains("Nothing waits for an answer"))
        #expect(!page.elements.contains { $0.attributes["id"] == "reason" })
    }

    @Test("are answered again if they were answered, whatever is asked now")
    func repeated() async throws {
        site.receiver.answer(.success(.done("the restart begins")))
        let form = fields(try await site.page(approve))
        let order = try #require(
            try await site.post(approve, form).status == 303 ? site.receiver.orders.first : nil
        )
        var status = agent.status
        status.machine.remember(AnsweredOrder(order, .done("the restart begins"), at: Site.now))
        status.machine.records[GraphID("ask plain")]?.phase = .idle
        site.publish(status)
        #expect(try await site.post(approve, form).status == 303)
        #expect(site.receiver.orders.map(\.id) == [order.id, order.id])
    }

    // MARK: Validity

    @Test(
        "are valid for an hour, and a clock may differ by a minute",
        arguments: [(3_600, 303), (3_601, 403), (-60, 303), (-61, 403)]
    )
    func age(seconds: Int, status: Int) async throws {
        site.receiver.answer(.success(.done("the restart begins")))
        let form = fields(try await site.page(approve))
        site.surroundings.now = Site.now + .seconds(seconds)
        let response = try await site.post(approve, form)
        #expect(response.status == status)
        #expect(site.receiver.orders.count == (status == 303 ? 1 : 0))
        guard status != 303 else { return }
        // The page has a form that is valid now, with what was typed.
        let again = fields(try page(response, approve)).dropLast()
        #expect(try await site.post(approve, again + [form[form.count - 1]]).status == 303)
    }

    @Test("are valid for the user who got them, and for nobody without authentication")
    func users() async throws {
        let form = fields(try await site.page(approve))
        for user in ["bob", nil] {
            site.surroundings.user = user
            #expect(try await site.post(approve, form).status == 403)
        }
        #expect(site.receiver.orders.isEmpty)
    }

    @Test(
        "are valid for what they show alone",
        arguments: ["/graphs/ask%20plain/reject", "/graphs/well%20plain/approve"]
    )
    func otherSubject(target: String) async throws {
        let form = fields(try await site.page(approve))
        #expect(try await site.post(target, form).status == 403)
        #expect(site.receiver.orders.isEmpty)
    }

    @Test("are refused if they cannot be read, or a field is wrong, with the reason")
    func unreadable() async throws {
        let unreadable = try await site.post(approve, "reason=%")
        #expect(unreadable.status == 400)
        #expect(try page(unreadable, approve).text.contains("The form cannot be read."))
        let target = "/graphs/well%20plain/pause"
        let form = fields(try await site.page(target)).filter { $0.name != "for" }
        let wrong = try await site.post(target, form + [FormEncoding.Item("for", "15d")])
        #expect(wrong.status == 400)
        #expect(try page(wrong, target).text.contains("for: "))
        #expect(site.receiver.orders.isEmpty)
    }

    @Test("are missing for a graph that is missing")
    func missingGraph() async throws {
        let page = try await site.page("/graphs/none/approve", status: 404)
        #expect(page.text.contains("No graph has the id none."))
    }

    @Test("are not sent where the agent takes no orders")
    func noOrders() async throws {
        let form = fields(try await site.page(approve))
        let other = Site(agent.status, acceptsOrders: false)
        #expect(try await other.post(approve, form).status == 403)
        #expect(other.receiver.orders.isEmpty)
    }

    // MARK: Scopes

    @Test(
        "are about what the URL says, and nothing is taken for the whole fleet",
        arguments: [
            "", "?scope=entry", "?scope=entry&entry=", "?entry=a", "?scope=fleet&entry=a",
            "?scope=graph",
        ]
    )
    func unclearScope(query: String) async throws {
        let page = try await site.page("/orders/pause" + query, status: 400)
        #expect(page.text.contains("scope=fleet"))
        #expect(try await site.post("/orders/pause" + query, []).status == 400)
        #expect(site.receiver.orders.isEmpty)
    }

    @Test("show the answer to an order for an entry among the pauses, and no form")
    func entry() async throws {
        let target = "/orders/pause?scope=entry&entry=auto+plain"
        site.receiver.answer(.success(.done("paused until noon")))
        let response = try await site.post(target, fields(try await site.page(target)))
        #expect(response.status == 303)
        let order = try #require(site.receiver.orders.first)
        guard case .pause(.entry("auto plain"), _) = order.kind else {
            Issue.record("\(order)")
            return
        }
        let location = try #require(response.headers["Location"])
        #expect(location == "../status?order=\(order.id)#pauses")
        let page = try await site.page("/status?order=\(order.id)")
        #expect(page.text.contains("Paused until noon."))
        #expect(!page.elements.contains { $0.attributes["id"] == "reason" })
        // No graph was ordered about.
        let graph = try await site.page("/graphs/well%20plain?order=\(order.id)")
        #expect(!graph.text.contains("Paused until noon."))
    }

    @Test("show the answer on the page of their graph alone")
    func otherGraph() async throws {
        site.receiver.answer(.success(.done("the restart begins")))
        let form = fields(try await site.page(approve))
        let location = try #require(try await site.post(approve, form).headers["Location"])
        let query = try #require(location.split(separator: "?").last)
        for (graph, isShown) in [("ask%20plain", true), ("well%20plain", false)] {
            let page = try await site.page("/graphs/\(graph)?\(query)")
            #expect(page.text.contains("The restart begins.") == isShown, "\(graph)")
        }
    }

    // MARK: No answer

    @Test(
        "keep their id when no answer came: the order may have been carried out",
        arguments: [OrderRefusal.timeout, .unavailable("the disk is full")]
    )
    func noAnswer(refusal: OrderRefusal) async throws {
        site.receiver.answer(.failure(refusal))
        let form = fields(try await site.page(approve))
        let response = try await site.post(approve, form)
        #expect(response.status == (refusal == .timeout ? 504 : 503))
        let again = try page(response, approve)
        #expect(again.text.contains("No answer") && !again.text.contains("Not carried out"))
        #expect(fields(again).dropLast() == form.dropLast())
    }
}

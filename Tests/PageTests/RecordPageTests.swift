import Cycle
import Listener
import Remediation
import Series
import Testing
import Time

@testable import Page

@Suite("Pages of a busy agent")
struct RecordPageTests {
    private func site(acceptsOrders: Bool = true) throws -> (BusyAgent, Site) {
        let agent = try BusyAgent()
        var records = Records()
        records.timeLines = [FullIncident.timeLine()] + agent.timeLines
        records.lines = agent.lines
        let site = Site(agent.status, records, series: agent.series, acceptsOrders: acceptsOrders)
        return (agent, site)
    }

    @Test("an incident tells what was seen, done, answered, killed and counted")
    func incident() async throws {
        let (_, site) = try site()
        let id = try #require(site.records.timeLines.first?.record.id)
        let page = try await site.page("/incidents/\(id)")
        #expect(page.all("article").count == 1)
        for text in [
            "orders hung at 02:58, restarted once at 03:14, verified at 03:19: 21 min.",
            "POST /ges\norders", "HTTP 200\norders", "At the decision", "1000", "5000",
            "1 more task not recorded",
        ] {
            #expect(page.text.contains(text), "\(text)")
        }
        let ids = page.elements.compactMap { $0.attributes["id"] }
        let copied = page.all("button").compactMap { $0.attributes["data-copy"] }
        #expect(copied == ["incident-id", "request-1"] && copied.allSatisfy(ids.contains))
    }

    @Test("a restart in flight comes first, with what is used of the limits")
    func remediations() async throws {
        let (_, site) = try site()
        let page = try await site.page("/remediations")
        #expect(page.text.contains("1 in flight, 0 ended recently"))
        #expect(page.text.contains("1 of 3 in 1h") && page.text.contains("1 of 2"))
        #expect(page.text.contains("restarting") && page.text.contains("no storm"))
        #expect(page.text.contains("Scorecard") && page.text.contains("none judged"))
    }

    @Test("an entry that must have been right says so before anything was decided")
    func required() async throws {
        let agent = try BusyAgent()
        var status = agent.status
        status.machine = Machine()
        let without = try await Site(status, series: agent.series).page("/remediations")
        #expect(!without.text.contains("Scorecard"))
        status.settings?.graphs[0].policy.requirement = Requirement(precision: 0.95, decisions: 10)
        let page = try await Site(status, series: agent.series).page("/remediations")
        #expect(page.text.contains("Required") && page.text.contains("95 % of 10: not met"))
    }

    @Test("a graph that waits for a person can be decided about, if orders are taken")
    func approvals() async throws {
        let (_, site) = try site()
        let page = try await site.page("/approvals")
        let links = page.links(from: "/approvals")
        #expect(page.text.contains("1 graph is waiting") && page.text.contains("ask_plain"))
        #expect(links.contains("/graphs/ask%20plain/approve"))
        #expect(links.contains("/graphs/ask%20plain/reject"))
        let (_, closed) = try self.site(acceptsOrders: false)
        let other = try await closed.page("/approvals").links(from: "/approvals")
        #expect(!other.contains { $0.contains("approve") })
    }

    @Test("pauses can be resumed one by one, and the fleet be paused")
    func pauses() async throws {
        let (_, site) = try site()
        let links = try await site.page("/status").links(from: "/status")
        #expect(links.contains("/orders/resume?scope=entry&entry=shadow+plain"))
        #expect(links.contains("/graphs/well%20plain/resume"))
        #expect(links.contains("/orders/pause?scope=fleet"))
        let (_, closed) = try self.site(acceptsOrders: false)
        let other = try await closed.page("/status").links(from: "/status")
        #expect(!other.contains { $0.contains("/orders/") || $0.contains("resume") })
    }

    @Test("the configuration tells what each entry changes and how many graphs it has")
    func configuration() async throws {
        let (_, site) = try site()
        let page = try await site.page("/config")
        #expect(page.text.contains("cooldown 2h") && page.text.contains("1 graph without an entry"))
        #expect(page.text.contains("GraphHung; an alert expires"))
    }

    @Test("rules tell how they fail and which alerts they have")
    func rules() async throws {
        let (_, site) = try site()
        let page = try await site.page("/rules")
        #expect(page.text.contains("1 of 3 rules fail"))
        #expect(page.text.contains("for 1m") && page.all("pre").count == 3)
    }

    @Test(
        "a search with one hit leads to its page",
        arguments: [
            ("ask plain", "graphs/ask%20plain"), ("ask_pl", "graphs/ask%20plain"),
            ("GraphHung", "alerts?name=GraphHung"), ("  ask plain  ", "graphs/ask%20plain"),
            ("graphhu", "alerts?name=GraphHung"),
        ]
    )
    func search(text: String, destination: String) async throws {
        let (_, site) = try site()
        let response = try await site.get("/search?q=" + text.formEncoded)
        #expect(response.status == 303 && response.headers["Location"] == destination)
        #expect(site.leads("/" + destination))
    }

    @Test("a search finds an incident by its id, lists several hits, and says if there are none")
    func searchLists() async throws {
        let (_, site) = try site()
        let id = try #require(site.records.timeLines.first?.record.id)
        let response = try await site.get("/search?q=\(id)")
        #expect(response.headers["Location"] == "incidents/\(id)")
        let several = try await site.page("/search?q=plain")
        #expect(several.links(from: "/search").filter { $0.hasPrefix("/graphs/") }.count == 5)
        #expect(try await site.page("/search?q=none+such").text.contains("matches “none such”"))
    }
}

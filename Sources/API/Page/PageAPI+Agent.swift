import Cycle
import Listener
import Page
import Threads

/// The pages that show the status as it is.
extension PageAPI {
    func agentRoutes(_ orderPages: OrderPages) -> [Route] {
        [
            page("/approvals") { await render($0) { ApprovalsPage.render($0) } },
            page("/remediations") { await render($0) { RemediationsPage.render($0) } },
            page("/config") { request in
                await render(request) { [board] context in
                    let file = board.configuration.map { ConfigurationFile($0) }
                    return ConfigurationPage.render(context, files: file.map { [$0] } ?? [])
                }
            },
            page("/alerts") { request in
                let filter = AlertFilter(request.items)
                return await render(request) { AlertsPage.render($0, filter: filter) }
            },
            page("/rules") { request in
                let name = RulesPage.name(request.items)
                return await render(request) { RulesPage.render($0, name: name) }
            },
            page("/status") { request in
                let facts = facts
                return await render(request) { context in
                    let answer = orderPages.answer(to: request, about: nil, context)
                    return AgentPage.render(context, facts, answer: answer)
                }
            },
        ]
    }

    private func render(
        _ request: ServerRequest,
        _ body: @escaping @Sendable (PageContext) -> Markup
    ) async -> ServerResponse {
        let context = context(request)
        return await Self.pool.run { PageResponse.html(body(context)) }
    }

    private var facts: AgentFacts {
        var facts = AgentFacts()
        facts.revision = build.revision
        facts.branch = build.branch
        facts.swiftVersion = build.swiftVersion
        facts.platform = "\(build.operatingSystem)/\(build.architecture)"
        facts.startedAt = started
        return facts
    }
}

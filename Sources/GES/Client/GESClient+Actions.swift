import HTTPClient

extension GESClient {
    /// Forces a restart, which kills every asynchronous task of the graph (GES API pages 0222 and
    /// 0358).
    ///
    /// The request is sent once, on a new connection. On a reused connection that the server has
    /// closed meanwhile, libcurl would silently send it again.
    ///
    /// - Returns: also the answer as it came but for its secrets; nil if there was none.
    package func restart(_ id: String) async -> (ActionAnswer, quote: String?) {
        await perform(.restart, graph: id, body: nil)
    }

    /// Stops a running graph. The service starts it again after seven days (page 0348).
    package func stop(_ id: String) async -> (ActionAnswer, quote: String?) {
        await perform(.stop, graph: id, body: nil)
    }

    /// Starts a stopped graph with its current data. The body could name a backup to start from,
    /// which would discard newer data, so it is always empty.
    package func start(_ id: String) async -> (ActionAnswer, quote: String?) {
        await perform(.start, graph: id, body: Array("{}".utf8))
    }

    /// Cancels one task of a graph. GES cancels filters, algorithms and the builds of indices, and
    /// refuses the rest.
    ///
    /// Sent once, to the first address of the graph: another one may be that of another host.
    package func cancelTask(
        _ taskID: String,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ActionAnswer {
        do throws(GESError) {
            guard let endpoint = try dataPlane.endpoints(of: graph).first else {
                throw .noAddress(graphID: graph.id, dataPlane.address)
            }
            let path = [
                "ges", "v1.0", configuration.projectID, "graphs", graph.name, "jobs", taskID,
            ]
            let operation = "cancel_task"
            let answer = try await dataPlaneAnswer(
                to: ServiceCall(
                    service: .dataPlane,
                    operation: operation,
                    method: .delete,
                    url: try url(endpoint, path),
                    headers: [HTTPHeader("X-Language", "en-us")],
                    timeout: dataPlane.timeout,
                    isAction: true
                )
            )
            let outcome = ActionAnswer(answer, now: clock.wall())
            if case .unknown(let error) = outcome, error.isUnusableSuccess {
                observer.answerUnusable(.dataPlane, operation: operation, reason: error.reason)
            }
            return outcome
        } catch {
            return ActionAnswer(failure: error)
        }
    }

    private func perform(
        _ action: APIVersion.Action,
        graph id: String,
        body: [UInt8]?
    ) async -> (ActionAnswer, quote: String?) {
        let (path, query) = configuration.apiVersion.actionPath(
            action,
            graph: id,
            project: configuration.projectID
        )
        do throws(GESError) {
            let operation = "\(action.rawValue)_graph"
            let answer = try await answerToAction(
                ServiceCall(
                    service: .ges,
                    operation: operation,
                    method: .post,
                    url: try url(configuration.endpoints.ges, path, query: query),
                    contentType: "application/json",
                    body: body,
                    timeout: configuration.actionTimeout,
                    isAction: true
                )
            )
            let outcome = ActionAnswer(answer, now: clock.wall())
            if case .unknown(let error) = outcome, error.isUnusableSuccess {
                observer.answerUnusable(.ges, operation: operation, reason: error.reason)
            }
            return (outcome, answer.quote)
        } catch {
            return (ActionAnswer(failure: error), nil)
        }
    }
}

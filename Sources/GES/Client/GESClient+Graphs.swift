import JSON

/// The graphs of the project as listed by the service.
package struct GraphListing: Hashable, Sendable {
    /// Without duplicates, in the order first seen.
    package var graphs: [Graph] = []
    /// Whether the listing contains every graph. If not, a missing graph may still exist.
    package var isComplete = false
    /// Why the listing is not complete; nil if it is, or if no reason is known.
    package var shortfall: String?

    package init(graphs: [Graph] = [], isComplete: Bool = false) {
        self.graphs = graphs
        self.isComplete = isComplete
    }
}

extension GESClient {
    /// Lists all graphs of the project, page by page.
    ///
    /// Graphs created or deleted in the meantime shift the others between pages, so that one may
    /// appear twice or be skipped. The listing is complete only if the stated total did not change
    /// and that many graphs were seen.
    package func listGraphs() async throws(GESError) -> GraphListing {
        try await listGraphs { _ in }
    }

    /// - Parameter onPage: receives the graphs of each page while the others are read.
    package func listGraphs(
        onPage: @escaping @Sendable ([Graph]) -> Void
    ) async throws(GESError) -> GraphListing {
        let list: PagedList<Graph> = try await list(
            operation: "list_graphs",
            path: graphsPath,
            items: ["graphs"],
            total: ["graph_count", "graphCount"],
            onPage: onPage
        )
        var listing = GraphListing(graphs: list.items, isComplete: list.shortfall == nil)
        listing.shortfall = list.shortfall
        return listing
    }

    /// Reads one graph.
    package func graph(_ id: String) async throws(GESError) -> Graph {
        let document = try await read("show_graph", path: graphsPath + [id])
        return try observer.watching(.ges, "show_graph") { () throws(GESError) in
            guard let graph = document["graph"].flatMap(Graph.init) else {
                throw .unexpected("the response contains no graph with ID, name and status")
            }
            // Never act on one graph because of a response about another.
            guard graph.id == id else {
                throw .unexpected("requested graph \(id), the response is about graph \(graph.id)")
            }
            return graph
        }
    }

    var graphsPath: [String] {
        configuration.apiVersion.graphsPath(project: configuration.projectID)
    }

    /// Reads a document of the management plane.
    func read(
        _ operation: String,
        path: [String],
        query: [RequestURL.QueryItem] = []
    ) async throws(GESError) -> JSONValue {
        let answer = try await answer(
            to: ServiceCall(
                service: .ges,
                operation: operation,
                url: try url(configuration.endpoints.ges, path, query: query),
                timeout: configuration.readTimeout
            )
        )
        return try observer.watching(.ges, operation) { () throws(GESError) in
            try AnswerReader.document(answer, now: clock.wall())
        }
    }

    /// Builds a URL from path segments. IDs and names come from the service, so each must remain
    /// one segment: `..` could turn a read into another request.
    func url(
        _ endpoint: Endpoint,
        _ path: [String],
        query: [RequestURL.QueryItem] = []
    ) throws(GESError) -> RequestURL {
        for segment in path where ["", ".", ".."].contains(segment) {
            throw .invalidArgument("\"\(segment)\" is not a valid ID or name")
        }
        return RequestURL(endpoint, path, query: query)
    }
}

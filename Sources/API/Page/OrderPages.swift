import Cycle
import JSON
import Listener
import Page
import Remediation
import Time
import URI

/// The pages on which persons give orders. A form is shown with what the order costs; sending it
/// carries the order out as the admin API does, and leads to the page of the graph or to the pauses,
/// which show the answer.
struct OrderPages: Sendable {
    /// nil if the agent was started without `--web.enable-admin-api`.
    let receiver: (any OrderReceiver)?
    let metrics: MetricRegistry
    let clock: AgentClock
    /// What a page is made from.
    let context: @Sendable (ServerRequest) -> PageContext
    private let token = FormToken()
    private let answers = RecentAnswers()

    /// A form that was open for longer shows costs of another time.
    private static let formLifetime = Duration.seconds(3_600)
    /// A reason, a name and a few hundred bytes.
    private static let maximumBodyBytes = 16 << 10
    private static let maximumInFlight = 16

    init(
        receiver: (any OrderReceiver)?,
        metrics: MetricRegistry,
        clock: AgentClock,
        context: @escaping @Sendable (ServerRequest) -> PageContext
    ) {
        self.receiver = receiver
        self.metrics = metrics
        self.clock = clock
        self.context = context
    }

    var routes: [Route] {
        let ofGraphs = Order.Kind.verbs.filter { $0 != "label" }.flatMap { verb in
            routes("/graphs/{id}/\(verb)", verb) { .graph($0.parameters["id"] ?? "") }
        }
        let ofMany = ["pause", "resume"].flatMap { verb in
            routes("/orders/\(verb)", verb, Self.scope)
        }
        return ofGraphs + ofMany
    }

    private func routes(
        _ pattern: String,
        _ verb: String,
        _ subject: @escaping @Sendable (ServerRequest) -> OrderForm.Subject?
    ) -> [Route] {
        func answer(
            _ body: @escaping @Sendable (Request) async -> ServerResponse
        ) -> @Sendable (ServerRequest) async -> Reply {
            { request in
                let context = context(request)
                guard let subject = subject(request) else {
                    return .response(unclear(context, verb))
                }
                let known = Request(http: request, context: context, verb: verb, subject: subject)
                return .response(await body(known))
            }
        }
        var form = Route("GET", pattern, answer(show))
        form.maximumInFlight = Self.maximumInFlight
        var order = Route(
            "POST",
            pattern,
            maximumBodyBytes: Self.maximumBodyBytes,
            answer(send)
        )
        order.maximumInFlight = Self.maximumInFlight
        order.acceptsForms = true
        return [form, order]
    }

    /// nil if the URL does not say clearly what the order is about: nothing is taken for the whole
    /// fleet because a part of the URL was lost.
    @Sendable
    private static func scope(_ request: ServerRequest) -> OrderForm.Subject? {
        let entry = request.queryValue("entry")
        switch request.queryValue("scope") {
        case "fleet": return entry == nil ? .fleet : nil
        case "entry": return entry.flatMap { $0.isEmpty ? nil : .entry($0) }
        default: return nil
        }
    }

    /// The answer to the order that the URL names; nil if it names none, or one that was not about
    /// this graph. With nil for the graph, one about no single graph.
    func answer(
        to request: ServerRequest,
        about graph: GraphID?,
        _ context: PageContext
    ) -> OrderAnswerText? {
        guard let id = request.queryValue("order") else { return nil }
        let answered = answers[id] ?? context.status.machine.answeredOrder(id)
        return answered.flatMap { $0.isAbout(graph) ? Self.text($0.answer) : nil }
    }

    // MARK: Showing

    /// A request for a form, or with one.
    private struct Request: Sendable {
        let http: ServerRequest
        let context: PageContext
        let verb: String
        let subject: OrderForm.Subject

        var record: GraphRecord? {
            subject.graphID.map { context.status.machine.record(of: GraphID($0)) }
        }
    }

    @Sendable
    private func show(_ request: Request) -> ServerResponse {
        missing(request)
            ?? PageResponse.html(OrderPage.render(request.context, freshForm(request)))
    }

    /// A new form with an id of its own, for this user and for what is asked now.
    private func freshForm(_ request: Request) -> OrderForm {
        var form = OrderForm(
            verb: request.verb,
            subject: request.subject,
            orderID: Self.newOrderID()
        )
        if form.isAnswer { form.question = request.record?.question }
        form.issuedAt = "\(clock.now().milliseconds)"
        form.token = token.token(for: form.signedText, user: request.http.user ?? "")
        return form
    }

    private func unclear(_ context: PageContext, _ verb: String) -> ServerResponse {
        let text =
            "The URL does not say what to \(verb): add ?scope=fleet or ?scope=entry&entry=NAME."
        return PageResponse.html(
            MissingPage.render(context, title: "Bad request", what: text),
            status: 400
        )
    }

    private func missing(_ request: Request) -> ServerResponse? {
        guard let id = request.subject.graphID,
            request.context.status.inventory.entries[id] == nil
        else { return nil }
        return PageResponse.html(
            MissingPage.render(request.context, what: "No graph has the id \(id)."),
            status: 404
        )
    }

    /// 128 random bits.
    private static func newOrderID() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }
            .joined(separator: "-")
    }

    // MARK: Sending

    @Sendable
    private func send(_ request: Request) async -> ServerResponse {
        guard let receiver, let user = request.http.user else {
            return PageResponse.html(
                OrderPage.render(request.context, freshForm(request)),
                status: 403
            )
        }
        var form = OrderForm(verb: request.verb, subject: request.subject, orderID: "")
        let body = String(decoding: request.http.body, as: UTF8.self)
        guard let items = try? FormEncoding.decode(body) else {
            return again(request, form, "The form cannot be read.", status: 400)
        }
        form.fill(items)
        if let problem = problem(of: form, request, user: user) {
            metrics.add(to: MetricCatalog.orders, form.verb, "invalid")
            return again(request, form, problem.text, status: problem.status)
        }
        let order: Order
        do {
            order = try OrderBody.order(
                form.verb,
                Self.body(of: form, by: user).serialized(),
                user: user,
                at: clock.now()
            )
        } catch {
            metrics.add(to: MetricCatalog.orders, form.verb, "invalid")
            let field = error.path?.split(separator: ".").last.map { "\($0): " } ?? ""
            return again(request, form, "\(field)\(error.message).", status: 400)
        }
        do throws(OrderRefusal) {
            let answer = try await receiver.carryOut(order)
            answers.remember(AnsweredOrder(order, answer, at: clock.now()))
            return redirect(form, request.context)
        } catch {
            return unanswered(request, form, error)
        }
    }

    /// Why the form is not the one that should be sent now; nil if it is.
    private func problem(
        of form: OrderForm,
        _ request: Request,
        user: String
    ) -> (text: String, status: Int)? {
        guard isCurrent(form, user: user) else {
            let text =
                "This form is not valid any more. Check what it says now, then send it again."
            return (text, 403)
        }
        // An order that was answered is answered again.
        guard form.isAnswer, request.context.status.machine.answeredOrder(form.orderID) == nil
        else { return nil }
        guard let question = form.question, request.record?.isCurrent(question) == true else {
            let text =
                "The agent asks something else than when this form was shown. Check what it asks"
                + " now, then send the form again."
            return (text, 409)
        }
        return nil
    }

    private func isCurrent(_ form: OrderForm, user: String) -> Bool {
        guard let issued = Int64(form.issuedAt) else { return false }
        let age = clock.now() - Timestamp(milliseconds: issued)
        return age <= Self.formLifetime && age >= .seconds(-60)
            && token.isValid(form.token, for: form.signedText, user: user)
    }

    /// Shows the form again with its id: the order may have been carried out, and sending it again
    /// must not give another one.
    private func unanswered(
        _ request: Request,
        _ form: OrderForm,
        _ refusal: OrderRefusal
    ) -> ServerResponse {
        let retry = "Send the form again: the order is carried out once."
        let (outcome, text, status) =
            switch refusal {
            case .unavailable(let cause): ("unavailable", "No answer: \(cause). \(retry)", 503)
            case .timeout: ("timeout", "No answer in time. \(retry)", 504)
            }
        metrics.add(to: MetricCatalog.orders, form.verb, outcome)
        return PageResponse.html(
            OrderPage.render(request.context, form, problem: text),
            status: status
        )
    }

    /// Shows a new form with what was typed.
    private func again(
        _ request: Request,
        _ form: OrderForm,
        _ problem: String,
        status: Int
    ) -> ServerResponse {
        var shown = freshForm(request)
        shown.takeInput(of: form)
        return PageResponse.html(
            OrderPage.render(request.context, shown, problem: problem),
            status: status
        )
    }

    private func redirect(_ form: OrderForm, _ context: PageContext) -> ServerResponse {
        let query = "?order=" + form.orderID
        let target =
            form.subject.graphID.map { Place.graph($0).path + query }
            ?? Place.agent.path + query + "#pauses"
        var response = ServerResponse(status: 303)
        response.headers["Location"] = context.root + target
        response.headers["Cache-Control"] = "no-store"
        return response
    }

    // MARK: The order

    /// The form as the body of the admin API, whose checks apply to it.
    private static func body(of form: OrderForm, by user: String) -> JSONValue {
        var members = [
            JSONMember("id", .string(form.orderID)), JSONMember("by", .string(user)),
            JSONMember("reason", .string(oneLine(form.reason))),
        ]
        func add(_ name: String, _ value: JSONValue) { members.append(JSONMember(name, value)) }
        let takesScope = form.verb == "pause" || form.verb == "resume"
        switch form.subject {
        case .graph(let id):
            if takesScope { add("scope", "graph") }
            add("graph_id", .string(id))
        case .fleet: add("scope", "fleet")
        case .entry(let name):
            add("scope", "entry")
            add("entry", .string(name))
        }
        if let question = form.question {
            add("remedy", .string(question.remedy))
            add("asked_at", .string(question.since.rfc3339))
        }
        switch form.verb {
        case "pause": add("for", .string(form.duration))
        case "acknowledge": add("clear_attempts", .bool(form.clearsAttempts))
        case "restart":
            add("overrides", .array(form.overrides.sorted().map { .string($0) }))
            if !form.typedName.isEmpty {
                add("force_risk_double_restart", .bool(true))
                add("graph_name", .string(form.typedName))
            }
        default: break
        }
        return .object(members)
    }

    /// A reason is one line in the audit trail.
    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func text(_ answer: OrderAnswer) -> OrderAnswerText {
        OrderAnswerText(isDone: answer.outcome == .done, text: "\(answer)".capitalizedSentence)
    }
}

extension String {
    fileprivate var capitalizedSentence: String { prefix(1).uppercased() + dropFirst() + "." }
}

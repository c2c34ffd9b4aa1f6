"""What the proxy answers in evcxr's place: what evcxr leaves unanswered, or answers only after the running cell."""

KERNEL_INFO = {
    "status": "ok",
    "protocol_version": "5.3",
    "implementation": "evcxr_jupyter",
    "implementation_version": "0.22.0",
    "language_info": {
        "name": "Rust",
        "version": "",
        "mimetype": "text/rust",
        "file_extension": ".rs",
        "pygments_lexer": "rust",
        "codemirror_mode": "rust",
    },
    "banner": "EvCxR 0.22.0 - Evaluation Context for Rust",
    "help_links": [{"text": "Rust std docs", "url": "https://doc.rust-lang.org/stable/std/"}],
}
ANSWERS = {
    "kernel_info_request": KERNEL_INFO,
    "is_complete_request": {"status": "complete"},
    "history_request": {"status": "ok", "history": []},
}

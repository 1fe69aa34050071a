"""Raises with HTML that would run in a browser, and with rich's markup."""


# earns 0
def double(x):
    raise ValueError("<script>alert(1)</script> [bold red]passed[/] [link=file:///]x[/link]")

# Every target only calls the bootstrap, which also works without make. ARGS is handed to the target:
#   make test ARGS="-k ledger"      make bench ARGS="gateway --json"
PYTHON ?= python3

.PHONY: install demo test check bench soak protos
install demo test check bench soak protos:
	@$(PYTHON) deploy/local/bootstrap.py $@ $(ARGS)

"""Running notebooks. Knows nothing of what the notebooks contain.

``plan``      what a call asks for: notebooks, their parameters, batch files, and from these the jobs
``reuse``     whether nothing that a job depends on has changed since it last succeeded
``run``       a run from call to closed record: its folder, its executors, ``latest``, pruning
``job``       what happens in a job's process: the notebook executed, its page written, everything handed over
``processes`` the fork server: processes forked from one that has loaded what they need
``kernels``   how a kernel is started, watched, limited and ended, and what is said when it dies
``lint``      whether a notebook has the house form
``scaffold``  new notebooks and new ledgers of claims
``watch``     rules on a run's metrics that raise alerts
"""

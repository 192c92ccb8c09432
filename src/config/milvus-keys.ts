/**
 * Names of the configuration keys of Milvus 2.2 to 3.0: those of its milvus.yaml and the ones its
 * sources read without listing them there. A key from this list that Rootstock has no use for is
 * accepted and reported as ignored, so that an existing milvus.yaml loads; a name that is neither
 * here nor in the schema is a mistake. Names nest as they do in the file: `a{b c{d}}` is `a.b` and
 * `a.c.d`; `*` stands for names their users choose.
 */
export const milvusKeys = `
enable_expr_cache max_expr_cache_size messageQueue soPath
autoIndex{enable optimize params{binary{build} build deduplicate{build enable} extra int8{build}
  load prepare search sparse{build} tuning{*}} resultLimitCheck type}
builtinRoles{enable roles}
cipherPlugin{defaultKmsKeyArn enableDiskEncryption kms{credentials{aws{externalID roleARN}}
  defaultKey} rotationPeriodInHours soPathCpp soPathGo updatePerieldInMinutes}
common{DiskIndex{BeamWidthRatio BuildNumThreadsRatio LoadNumThreadRatio MaxDegree
  PGCodeBudgetGBRatio PQCodeBudgetGBRatio SearchCacheBudgetGBRatio SearchListSize}
  ImportMaxFileSize JSONMaxLength MetricsPort UsingJSONStatsForQuery bitmapIndexCardinalityBound
  bloomFilterApplyBatchSize bloomFilterSize bloomFilterType buildIndexThreadPoolRatio
  chanNamePrefix{cluster cmd dataCoordSegmentInfo dataCoordStatistic dataCoordTimeTick
  queryNodeStats queryTimeTick replicateMsg rootCoordDelta rootCoordDml rootCoordStatistics
  rootCoordTimeTick search searchResult} clusterID cluster{name} collectionReplicateEnable
  defaultIndexName defaultPartitionName diskWriteBufferSizeKb diskWriteMode diskWriteNumThreads
  diskWriteRateLimiter{avgKBps highPriorityRatio lowPriorityRatio maxBurstKBps middlePriorityRatio
  refillPeriodUs} enableConfigParamTypeCheck enablePosixMode enableVectorClusteringKey
  enabledGrowingSegmentJSONKeyStats enabledGrowingSegmentJSONShredding enabledJSONKeyStats
  enabledJSONShredding enabledOptimizeExpr entityExpiration gcenabled gchelper{enabled maximumGoGC
  minimumGoGC} gracefulStopTimeout gracefulTime healthcheck{interval{seconds} timeout{seconds}}
  indexSliceSize localRPCEnabled locks{maxWLockConditionalWaitTime metrics{enable} threshold{info
  warn}} materializedView{enabled} maxBloomFalsePositive namespace{enabled}
  overloadedMemoryThresholdPercentage panicWhenPluginFail preCreatedTopic{enabled names
  timeticker} requery{hybridSearchPolicy} retentionDuration security{admin{privileges}
  authorizationEnabled defaultRootPassword enablePublicPrivilege internaltlsEnabled
  rbac{cluster{admin{privileges} readonly{privileges} readwrite{privileges}}
  collection{admin{privileges} readonly{privileges} readwrite{privileges}}
  database{admin{privileges} readonly{privileges} readwrite{privileges}}
  overrideBuiltInPrivilegeGroups{enabled} overrideBuiltInPrivilgeGroups{enabled}}
  readonly{privileges} readwrite{privileges} rootShouldBindRole superUsers tlsMode}
  session{retryTimes ttl} simdType storageType storage{enablev2 pathPrefix scheme
  stv2{splitByAvgSize{enabled threshold} splitSystemColumn{enabled includeClusteringKey includePK
  includePartitionKey}} useLoonFFI zstd{concurrency}} subNamePrefix{dataCoordSubNamePrefix
  dataNodeSubNamePrefix proxySubNamePrefix queryNodeSubNamePrefix rootCoordSubNamePrefix}
  sync{taskPoolReleaseTimeoutSeconds} threadCoreCoefficient threadCoreCoefficient{highPriority
  lowPriority middlePriority} traceLogMode ttMsgEnabled usePartitionKeyAsClusteringKey
  useVectorAsClusteringKey usingJSONShreddingForQuery}
credential{*}
dataCoord{address autoBalance autoUpgradeSegmentIndex brokerTimeout channel{balanceInterval
  balanceSilentDuration balanceWithRpc checkInterval legacyVersionWithoutRPCWatch
  maxConcurrentChannelTaskNumPerDN notifyChannelOperationTimeout watchTimeoutInterval}
  checkAutoBalanceConfigInterval compaction{bumpSchemaVersion{enabled} channelMaxCPLag
  check{interval} clustering{autoEnable dropTolerance enable gcInterval maxCentroidsNum
  maxClusterSize maxClusterSizeRatio maxInterval maxSegmentSize maxSegmentSizeRatio
  maxTrainSizeRatio minCentroidsNum minClusterSizeRatio minInterval newDataRatioThreshold
  newDataSizeThreshold preferSegmentSize preferSegmentSizeRatio stateCheckInterval timeout
  triggerInterval} dropTolerance enableAutoCompaction expiry{tolerance} gcInterval
  global{interval} indexBasedCompaction levelzero{forceTrigger{deltalogMaxNum deltalogMinNum
  maxSize minSize} triggerInterval} maxParallelTaskNum min{segment} mix{triggerInterval}
  preAllocateIDExpansionFactor rpcTimeout scheduleInterval single{deltalog{maxnum maxsize}
  expiredlog{maxsize} ratio{threshold}} storageVersion{enabled} taskPrioritizer taskQueueCapacity
  timeout workerMaxParallelTaskNum} dataview{forceAllIndexReady} enableActiveStandby
  enableCompaction enableGarbageCollection enabledJSONKeyStatsInSort forceRebuildSegmentIndex
  gc{dropTolerance interval lob{checkInterval enabled safetyWindow} missingTolerance
  removeConcurrent scanInterval slowDownCPUUsageThreshold} gracefulStopTimeout
  grpc{clientMaxRecvSize clientMaxSendSize serverMaxRecvSize serverMaxSendSize}
  import{checkIntervalHigh checkIntervalLow fileNumPerSlot filesPerPreImportTask
  maxImportFileNumPerReq maxImportJobNum maxSizeInMBPerImportTask memoryLimitPerSlot
  preAllocateIDExpansionFactor scheduleInterval taskRetention waitForIndex}
  index{memSizeEstimateMultiplier} internalPort ip jsonKeyStatsMemoryBudgetInTantivy
  jsonShreddingMaxColumns jsonShreddingRatioThreshold jsonShreddingTriggerCount
  jsonShreddingTriggerInterval jsonShreddingWriteBatchSize jsonStatsMaxShreddingColumns
  jsonStatsShreddingRatioThreshold jsonStatsTriggerCount jsonStatsTriggerInterval
  jsonStatsWriteBatchSize port requestTimeoutSeconds sealPolicy{channel{blockingL0EntryNum
  blockingL0SizeInMB growingSegmentsMemSize}} segmentFlushInterval
  segment{allocLatestExpireAttempt assignmentExpiration compactableProportion diskSegmentMaxSize
  enableLevelZero expansionRate maxBinlogFileNumber maxIdleTime maxLife maxSize
  minSizeFromIdleToSealed sealProportion sealProportionJitter smallProportion}
  slot{analyzeTaskSlotUsage clusteringCompactionUsage indexTaskSlotUsage l0DeleteCompactionUsage
  mixCompactionUsage statsTaskSlotUsage} sortCompactionTriggerCount sortCompaction{enable}
  statsTaskTriggerCount statsTask{enable} syncSegmentsInterval targetVecIndexVersion
  taskCheckInterval}
dataNode{bloomFilterApplyBatchSize bloomFilterApplyParallelFactor
  channel{channelCheckpointUpdateTickInSeconds maxChannelCheckpointsPerPRC
  updateChannelCheckpointInterval updateChannelCheckpointMaxParallel
  updateChannelCheckpointRPCTimeout workPoolSize} clusteringCompaction{memoryBufferRatio
  workPoolSize} compaction{levelZeroBatchMemoryRatio levelZeroMaxBatchSize lobHoleRatioThreshold
  maxConcurrency maxSegmentMergeSort useMergeSort} dataSync{flowGraph{maxParallelism
  maxQueueLength} ioConcurrency maxParallelSyncMgrTasks maxParallelSyncMgrTasksPerCPUCore
  maxParallelSyncTaskNum skipMode{coldTime enable skipNum}} gracefulStopTimeout
  grpc{clientMaxRecvSize clientMaxSendSize serverMaxRecvSize serverMaxSendSize}
  import{concurrencyPerCPUCore maxConcurrentTaskNum maxImportFileSizeInGB maxTaskSlotNum
  memoryLimitPercentage readBufferSizeInMB readDeleteBufferSizeInMB} internalPort ip
  memory{checkInterval forceSyncEnable forceSyncSegmentNum forceSyncSegmentRatio
  forceSyncThreshold forceSyncWatermark watermarkCluster watermarkStandalone}
  multiRead{concurrency} port segment{binlog{maxsize} deleteBufBytes insertBufSize syncPeriod
  watchEventTicklerInterval} skip{BFStats{Load}} slot{slotCap} standaloneSlotFactor
  storage{deltalog} text{flushThresholdBytes inlineThreshold maxLobFileBytes} timetick{byRPC
  interval} workerSlotUnit}
datacoord{scheduler{taskSlowThreshold}}
etcd{auth{enabled password userName} config{path} data{dir} dialKeepAliveTime
  dialKeepAliveTimeout endpoints kvSubPath log{level path} metaSubPath requestTimeout rootPath
  ssl{enabled tlsCACert tlsCert tlsKey tlsMinVersion} use{embed}}
function{analyzer{lindera{download_urls{*}} local_resource_path} models{zilliz{*}}
  rerank{model{providers{*}}} textEmbedding{enableVerifiInfoInParams providers{*}}}
gpu{initMemSize maxMemSize overloadedMemoryThresholdPercentage}
grpc{clientMaxRecvSize clientMaxSendSize client{backoffMultiplier compressionEnabled dialTimeout
  initialBackoff keepAliveTime keepAliveTimeout maxBackoff maxCancelError maxMaxAttempts
  minResetInterval minSessionCheckInterval} gracefulStopTimeout log{clientMaxRecvSize
  clientMaxSendSize level serverMaxRecvSize serverMaxSendSize} serverMaxRecvSize
  serverMaxSendSize}
holmes{collectInterval dumpPath enable profile{absCPU cooldown diffCPU enable minCPU} useCGroup}
indexCoord{address bindIndexNodeMode{address enable nodeID withCred} enableActiveStandby
  gc{interval} grpc{clientMaxRecvSize clientMaxSendSize serverMaxRecvSize serverMaxSendSize}
  internalPort ip minSegmentNumRowsToEnableIndex port scheduler{interval}
  segment{minSegmentNumRowsToEnableIndex}}
indexNode{enableDisk gracefulStopTimeout grpc{clientMaxRecvSize clientMaxSendSize
  serverMaxRecvSize serverMaxSendSize} internalPort ip maxDiskUsagePercentage port
  scheduler{buildParallel}}
integration{test{mode}}
internaltls{caPemPath serverKeyPath serverPemPath sni}
kafka{brokerList consumer{*} producer{*} queuedmaxkbytes readTimeout saslMechanisms saslPassword
  saslUsername securityProtocol ssl{enabled tlsCaCert tlsCert tlsKey tlsKeyPassword}}
knowhere{*}
localStorage{path}
log{file{maxAge maxBackups maxSize rootPath} format level stdout}
metastore{maxEtcdTxnNum paginationSize readConcurrency snapshot{reserveTime ttl} type}
minio{accessKeyID address bucketName cloudProvider gcpCredentialJSON iamEndpoint
  listObjectsMaxKeys logLevel maxConnections port region requestTimeoutMs rootPath secretAccessKey
  ssl{tlsCACert} useIAM useSSL useVirtualHost}
mixCoord{enableActiveStandby}
mq{dispatcher{maxDispatcherNumPerPchannel maxPositionGapInMinutes maxTolerantLag
  mergeCheckInterval retrySleep retryTimeout targetBufSize} enablePursuitMode ignoreBadPosition
  mqBufSize pursuitBufferSize pursuitBufferTime pursuitLag receiveBufSize type}
msgChannel{chanNamePrefix{cluster dataCoordSegmentInfo dataCoordTimeTick queryTimeTick
  replicateMsg rootCoordDelta rootCoordDml rootCoordStatistics rootCoordTimeTick}
  subNamePrefix{dataCoordSubNamePrefix dataCoordWatchSubPath dataNodeSubNamePrefix}}
mysql{address dbName driverName maxIdleConns maxOpenConns password port username}
natsmq{server{initializeTimeout maxFileStore maxPayload maxPending monitor{debug logFile
  logSizeLimit logTime trace} port retention{maxAge maxBytes maxMsgs} storeDir}}
profile{pprof{path}}
proxy{accessLog{cacheFlushInterval cacheSize enable filename formatters{*} localPath maxBackups
  maxSize minioEnable remoteMaxTime remotePath rotatedTime} checkQueryNodeHealthInterval
  checkWorkloadRequestNum connectionCheckIntervalSeconds connectionClientInfoTTLSeconds
  costMetricsExpireTime dclConcurrency ddlConcurrency enableCachedServiceProvider
  enablePublicPrivilege ginLogSkipPaths ginLogging gracefulStopTimeout grpc{clientMaxRecvSize
  clientMaxSendSize serverMaxRecvSize serverMaxSendSize} healthCheckTimeout healthCheckTimetout
  http{acceptTypeAllowInt64 debug_mode enableHSTS enablePprof enableWebUI enabled
  hstsIncludeSubDomains hstsMaxAge port requestTimeoutMs} internalPort ip maxConnectionNum
  maxDimension maxFieldNum maxNameLength maxPasswordLength maxResultEntries maxRoleNum maxShardNum
  maxTaskNum maxTextLength maxUserNum maxUsernameLength maxVarCharLength maxVectorFieldNum
  minPasswordLength msgStream{timeTick{bufSize}} mustUsePartitionKey nameValidation{allowedChars}
  partialResultRequiredDataRatio partitionNameRegexp port queryNodePooling{size}
  replicaSelectionPolicy retryTimesOnHealthCheck retryTimesOnReplica
  roleNameValidation{allowedChars} shardLeaderCacheInterval skipAutoIDCheck skipPartitionKeyCheck
  slowLogSpanInSeconds slowQuerySpanInSeconds soPath timeTickInterval workloadToleranceFactor}
pulsar{address authParams authPlugin backlogAutoClearBytes enableClientMetrics maxMessageSize
  namespace port requestTimeout tenant webaddress webport}
queryCoord{NextTargetSurviveTime UpdateNextTargetInterval address autoBalance autoBalanceChannel
  autoBalanceInterval autoHandoff balanceChannelBatchSize balanceCheckCollectionMaxCount
  balanceCostThreshold balanceIntervalSeconds balanceSegmentBatchSize balanceTriggerOrder balancer
  brokerTimeout channelExclusiveNodeFactor channelTaskTimeout checkAutoBalanceConfigInterval
  checkBalanceInterval checkChannelInterval checkExecutedFlagInterval checkHandoffInterval
  checkHealthInterval checkHealthRPCTimeout checkIndexInterval checkInterval
  checkNodeInReplicaInterval checkNodeSessionInterval checkResourceGroupInterval
  checkSegmentInterval cleanExcludeSegmentInterval clusterLevelLoadReplicaNumber
  clusterLevelLoadResourceGroups collectionBalanceChannelBatchSize
  collectionBalanceSegmentBatchSize collectionChannelCountFactor collectionObserverInterval
  collectionRecoverTimes delegatorMemoryOverloadFactor distPullInterval distRequestTimeout
  enableActiveStandby enableBalanceOnMultipleCollections enableRGAutoRecover enableStoppingBalance
  globalRowCountFactor globalSegmentCountFactor gracefulStopTimeout growingRowCountWeight
  grpc{clientMaxRecvSize clientMaxSendSize serverMaxRecvSize serverMaxSendSize}
  heartbeatAvailableInterval heatbeatWarningLag internalPort ip leaderViewUpdateInterval
  loadTimeoutSeconds memoryUsageMaxDifferencePercentage observerTaskParallel
  overloadedMemoryThresholdPercentage port queryNodeTaskParallelismFactor randomMaxSteps
  reverseUnBalanceTolerationFactor rowCountFactor rowCountMaxSteps scoreUnbalanceTolerationFactor
  segmentCountFactor segmentCountMaxSteps segmentTaskTimeout taskExecutionCap taskMergeCap
  task{retryinterval retrynum} updateCollectionLoadStatusInterval}
queryNode{bloomFilterApplyBatchSize bloomFilterApplyParallelFactor cacheSize cache{enabled
  memoryLimit readAheadPolicy warmup} dataSync{flowGraph{maxParallelism maxQueueLength}}
  defaultSegmentFilterRatio deleteBufferBlockSize deltaDataExpansionRate diskCacheCapacityLimit
  diskSizeFetchInterval downgradeTsafe enableDisk enableSegmentPrune enableSparseFilterInQuery
  enableWorkerSQCostMetrics exprCache{capacityBytes enabled} forwardBatchSize gcenabled
  gchelper{enabled maximumGoGC minimumGoGC} gracefulStopTimeout grouping{enabled maxNQ
  topKMergeRatio} growingMmapEnabled grpc{clientMaxRecvSize clientMaxSendSize serverMaxRecvSize
  serverMaxSendSize} idfOracle{enableDisk localPath writeConcurrency} indexOffsetCacheEnabled
  internalPort ioPoolSize ip lazyload{enabled maxEvictPerRetry maxRetryTimes
  requestResourceRetryInterval requestResourceTimeout waitTimeout} levelZeroForwardPolicy
  loadMemoryUsageFactor maxDiskUsagePercentage maxSegmentDeleteBuffer
  memoryIndexLoadPredictMemoryUsageFactor mmapDirPath mmapEnabled mmap{chunkCache
  fixedFileSizeForMmapAlloc growingMmapEnabled jsonShredding jsonStats
  maxDiskUsagePercentageForMmapAlloc mmapDirPath mmapEnabled scalarField scalarIndex vectorField
  vectorIndex} port queryStreamBatchSize queryStreamMaxBatchSize scheduler{cpuRatio
  maxGpuReadConcurrency maxReadConcurrentRatio maxTimestampLag receiveChanSize
  scheduleReadPolicy{enableCrossUserGrouping maxPendingTask maxPendingTaskPerUser name
  taskQueueExpire} unsolvedQueueSize} segcore{cgoPoolSizeRatio chunkRows deleteDumpBatchSize
  enableGeometryCache exprEvalBatchSize growing{enableIndex nlist nprobe}
  interimIndex{buildParallelRate denseVectorIndexType enableIndex indexBuildRatio memExpansionRate
  nlist nprobe refineQuantType refineRatio refineWithQuant subDim} jsonKeyStatsCommitInterval
  knowhereFetchThreadPoolNumRatio knowhereScoreConsistency knowhereThreadPoolNumRatio
  multipleChunkedEnable smallIndex{nlist nprobe} tieredStorage{backgroundEvictionEnabled
  cacheTouchWindowMs cacheTtl diskHighWatermarkRatio diskLowWatermarkRatio diskMaxRatio
  evictableDiskCacheRatio evictableMemoryCacheRatio evictionEnabled evictionIntervalMs
  loadingResourceFactor memoryHighWatermarkRatio memoryLowWatermarkRatio memoryMaxRatio
  storageUsageTrackingEnabled warmup{scalarField scalarIndex vectorField vectorIndex}}}
  skipGrowingSegmentBF soPath stats{publishInterval} streamingDeltaForwardPolicy
  useStreamComputing workerPooling{size}}
quotaAndLimits{compactionRate{db{max} enabled max} dbRate{enabled max} ddl{collectionRate
  db{collectionRate partitionRate} enabled partitionRate} dml{bulkLoadRate{collection{max min}
  db{max min} max min partition{max min}} deleteRate{collection{max min} db{max min} max min
  partition{max min}} enabled insertRate{collection{max min} db{max min} max min partition{max
  min}} upsertRate{collection{max min} db{max min} max min partition{max min}}} dql{enabled
  queryRate{collection{max min} db{max min} max min partition{max min}} searchRate{collection{max
  min} db{max min} max min partition{max min}}} enabled flushRate{collection{max} db{max} enabled
  max} forceDenyAllDDL indexRate{db{max} enabled max} limitReading{coolOffSpeed forceDeny
  queueProtection{enabled nqInQueueThreshold queueLatencyThreshold} resultProtection{enabled
  maxReadResultRate maxReadResultRatePerCollection maxReadResultRatePerDB}}
  limitWriting{deleteBufferRowCountProtection{enabled highWaterLevel lowWaterLevel}
  deleteBufferSizeProtection{enabled highWaterLevel lowWaterLevel} diskProtection{diskQuota
  diskQuotaPerCollection diskQuotaPerDB diskQuotaPerPartition enabled loadedDiskQuota} forceDeny
  growingSegmentsSizeProtection{enabled highWaterLevel lowWaterLevel minRateRatio}
  l0SegmentsRowCountProtection{enabled highWaterLevel lowWaterLevel}
  memProtection{dataNodeMemoryHighWaterLevel dataNodeMemoryLowWaterLevel enabled
  queryNodeMemoryHighWaterLevel queryNodeMemoryLowWaterLevel} ttProtection{enabled
  maxTimeTickDelay}} limits{allocRetryTimes allocWaitInterval complexDeleteLimitEnable
  maxCollectionNum maxCollectionNumPerDB maxGroupSize maxInsertSize maxOutputSize
  maxQueryResultWindow maxResourceGroupNumOfQueryNode nq topK} quotaCenterCollectInterval}
rocksmq{compactionInterval compressionTypes lrucacheratio path retentionSizeInMB
  retentionTimeInMinutes rocksmqPageSize timtickerInterval}
rootCoord{address defaultDBProperties dmlChannelNum enableActiveStandby gracefulStopTimeout
  grpc{clientMaxRecvSize clientMaxSendSize serverMaxRecvSize serverMaxSendSize}
  importIndexCheckInterval importIndexWaitLimit importMaxPendingTaskCount
  importSegmentStateCheckInterval importSegmentStateWaitLimit importTaskExpiration
  importTaskRetention importTaskSubPath internalPort ip maxDatabaseNum maxGeneralCapacity
  maxPartitionNum minSegmentSizeToEnableIndex port useLockScheduler}
scalarAutoIndex{enable params{bitmapCardinalityLimit build}}
streamingNode{grpc{clientMaxRecvSize clientMaxSendSize serverMaxRecvSize serverMaxSendSize}
  internalPort ip port}
streaming{flush{growingSegmentBytesHwmThreshold growingSegmentBytesLwmThreshold l0{maxLifetime
  maxRowNum maxSize} memoryThreshold} logging{appendSlowThreshold} primaryResourceGroup
  strictResourceGroupIsolation{enabled} txn{defaultKeepaliveTimeout}
  walBalancer{backoffInitialInterval backoffMaxInterval backoffMultiplier
  balancePolicy{allowRebalance allowRebalanceRecoveryLagThreshold minRebalanceIntervalThreshold
  name vchannelFair{antiAffinityWeight pchannelWeight rebalanceMaxStep rebalanceTolerance
  vchannelWeight}} operationTimeout triggerInterval} walBroadcaster{concurrencyRatio
  tombstone{checkInternal maxCount maxLifetime}} walReadAheadBuffer{length}
  walRecovery{gracefulCloseTimeout maxDirtyMessage persistInterval} walTruncate{retentionInterval
  sampleInterval} walWriteAheadBuffer{capacity keepalive}}
tikv{endpoints kvSubPath metaSubPath requestTimeout rootPath snapshotScanSize ssl{enabled
  tlsCACert tlsCert tlsKey}}
tls{caPemPath serverKeyPath serverPemPath}
trace{exporter initTimeoutSeconds jaeger{url} otlp{endpoint headers method secure}
  sampleFraction}
woodpecker{client{auditor{maxInterval} quorum{quorumBufferPools} segmentAppend{maxRetries
  queueSize} segmentRollingPolicy{maxBlocks maxInterval maxSize}}
  logstore{fragmentManager{maxBytes maxInterval} logFileSyncPolicy{maxBytes maxEntries
  maxFlushRetries maxFlushSize maxFlushThreads maxInterval retryInterval}
  segmentCompactionPolicy{maxParallelReads maxParallelUploads maxSize}
  segmentReadPolicy{maxBatchSize maxFetchThreads} segmentSyncPolicy{maxBytes maxEntries
  maxFlushRetries maxFlushSize maxFlushThreads maxInterval maxIntervalForLocalStorage
  retryInterval}} meta{prefix type} storage{rootPath type}}
`;
